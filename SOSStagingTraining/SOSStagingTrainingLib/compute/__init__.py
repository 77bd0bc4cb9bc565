"""Where training runs: the run folder and who works on it."""
