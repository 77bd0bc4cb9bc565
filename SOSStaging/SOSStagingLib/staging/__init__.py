"""One scan in, one StagingResult out: stager, worker process, its client. torch is imported only inside the worker."""
