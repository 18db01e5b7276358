"""The live channel: what changes at a hotel, told over a WebSocket to staff and to its guests."""
