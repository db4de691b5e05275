"""The entrance over HTTP."""
