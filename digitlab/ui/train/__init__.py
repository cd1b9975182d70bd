"""The Retrain and Models pages: the form, the running training, the challenger, the table."""
