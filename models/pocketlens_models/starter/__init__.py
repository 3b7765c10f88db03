"""The recipe of the starter model: from frozen parts and a folder of captioned photos to a model package.

Run it with ``python -m pocketlens_models.starter --data FOLDER --out FOLDER``. It needs the ``export`` extra;
nothing here is imported by the app.
"""
