"""The programs that are served: the upstream of the load and two yardsticks. Each prints its port when it listens."""
