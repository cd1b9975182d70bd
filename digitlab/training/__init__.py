"""TensorFlow's room: the networks, their training and their export. Nothing else imports TensorFlow or Keras."""
