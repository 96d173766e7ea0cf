"""Topics of Kafka: messages become rows, and their offsets are stored with them."""
