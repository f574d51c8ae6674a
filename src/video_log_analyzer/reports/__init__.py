"""Results for people and machines: one module a format. They know findings and results, nothing else."""
