"""Hotels, their WhatsApp instances and API keys: who a request is for and what it may do."""
