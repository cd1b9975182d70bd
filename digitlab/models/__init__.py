"""Models: the files of trained models, on this machine and in a shared store.

Lives here: reading and checking a model's files, its versions, the lock under which they change, the models that ship,
and copies of models that several machines share by URL.
Door: its modules `store`, `versions`, `shipped`, `shared`, `replica` and, for training, `graph`.
May import: files, settings and errors.
"""
