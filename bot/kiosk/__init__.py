"""`wenban kiosk`: a conversation with the running stack through a microphone and a loudspeaker."""
