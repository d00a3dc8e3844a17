"""What is wanted: one folder of YAML per environment, and the model that reads it."""
