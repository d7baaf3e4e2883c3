"""What pages, admin and API share: who is asking, what is refused, and how every answer is dressed."""
