"""A recipe whose networks are so small that a step takes a moment."""

RECIPE = """
methods = ["{method}"]
[study]
folds = 2
validation = 0.2
calibration = 0.2
min_per_stage = 2
[network]
backbone = "test_convnext"
[view]
size = 64
field = "slab"
crop = 32
[train]
epochs = {epochs}
batch = 4
warmup = 0.0
save_minutes = {save_minutes}
[evaluate]
attention_drop = false
"""


def write_recipe(study, name, method, epochs, save_minutes=5.0):
    """Put the recipe where the page of this study offers it."""
    folder = study / "recipes"
    folder.mkdir(exist_ok=True)
    text = RECIPE.format(method=method, epochs=epochs, save_minutes=save_minutes)
    (folder / f"{name}.toml").write_text(f'name = "{name}"\n{text}', encoding="utf-8")
