"""Other tools that answer the same questions, run side by side with assist on the same inputs."""
