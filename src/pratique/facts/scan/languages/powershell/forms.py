"""The parameters of commands by which data come and go."""

from dataclasses import dataclass
from typing import Final

COMMON: Final = ("erroraction", "warningaction", "outvariable", "errorvariable", "informationaction", "whatif")
_SYNONYMS: Final = {
    "ea": "erroraction",
    "wa": "warningaction",
    "ov": "outvariable",
    "lp": "literalpath",
    "pspath": "path",
}


@dataclass(frozen=True, slots=True)
class Form:
    """The parameters of a command: those that may stand without a name, in their order; others; those without a value."""

    places: tuple[str, ...]
    named: tuple[str, ...] = ()
    switches: frozenset[str] = frozenset()

    def resolve(self, written: str) -> str:
        """The parameter that a name stands for; names may be cut short. Empty for one that is not known."""
        lower = _SYNONYMS.get(written.lower(), written.lower())
        every = (*self.places, *self.named, *self.switches, *COMMON)
        if lower in every:
            return lower
        return next((each for each in every if each.startswith(lower)), "")


def _forms(table: dict[str, str]) -> dict[str, Form]:
    made = {}
    for names, written in table.items():
        places, named, switches = (*(part.split() for part in written.split("|")), [], [])[:3]
        form = Form(tuple(places), tuple(named), frozenset(switches))
        made.update(dict.fromkeys(names.split(), form))
    return made


FORMS: Final[dict[str, Form]] = _forms(
    {
        "invoke-expression": "command",
        "invoke-webrequest invoke-restmethod": (
            "uri | method body outfile infile headers contenttype useragent credential proxy proxycredential form "
            "websession sessionvariable timeoutsec maximumredirection transferencoding certificate "
            "maximumretrycount retryintervalsec authentication token sslprotocol custommethod resumefile "
            "statuscodevariable | usebasicparsing passthru usedefaultcredentials skipcertificatecheck "
            "disablekeepalive allowunencryptedauthentication noproxy skiphttperrorcheck resume followrellink"
        ),
        "start-bitstransfer": (
            "source destination | displayname priority transfertype credential proxyusage description retryinterval "
            "retrytimeout transferpolicy | asynchronous"
        ),
        "start-process": (
            "filepath argumentlist | workingdirectory verb windowstyle credential redirectstandardoutput "
            "redirectstandarderror redirectstandardinput | nonewwindow wait passthru loaduserprofile "
            "usenewenvironment"
        ),
        "invoke-command": (
            "scriptblock | computername argumentlist session filepath credential inputobject port configurationname "
            "throttlelimit hostname sessionoption | asjob nonewscope"
        ),
        "start-job start-threadjob": (
            "scriptblock | name filepath initializationscript argumentlist credential inputobject"
        ),
        "foreach-object": "process | begin end parallel throttlelimit membername argumentlist | asjob",
        "where-object": "filterscript | property value",
        "new-object": "typename argumentlist | comobject property | strict",
        "add-type": (
            "typedefinition | memberdefinition name namespace path literalpath assemblyname language "
            "referencedassemblies outputassembly usingnamespace outputtype compileroptions | passthru "
            "ignorewarnings"
        ),
        "set-variable new-variable": "name value | option scope description visibility | force passthru",
        "get-variable": "name | scope include exclude | valueonly",
        "set-alias new-alias": "name value | option scope description | force passthru",
        "get-command get-alias": "name | module commandtype type parametername totalcount | all syntax showcommandinfo",
        "get-content": (
            "path | literalpath encoding tail totalcount delimiter readcount filter include exclude stream | raw "
            "wait asbytestream force"
        ),
        "set-content add-content": (
            "path value | literalpath encoding filter include exclude stream | force nonewline asbytestream passthru"
        ),
        "out-file": "filepath encoding | literalpath inputobject width | append force nonewline noclobber",
        "tee-object": "filepath | variable literalpath inputobject | append",
        "export-csv export-clixml": (
            "path | literalpath inputobject encoding delimiter depth | append force notypeinformation noclobber"
        ),
        "copy-item move-item": (
            "path destination | literalpath filter include exclude credential tosession fromsession | recurse force "
            "passthru container"
        ),
        "rename-item": "path newname | literalpath | force passthru",
        "remove-item": "path | literalpath filter include exclude credential stream | recurse force",
        "get-item get-childitem": (
            "path filter | literalpath include exclude attributes depth stream credential | recurse force name file "
            "directory hidden system readonly"
        ),
        "set-item": "path value | literalpath | force passthru",
        "new-item": "path | itemtype value name credential | force",
        "compress-archive": "path destinationpath | literalpath compressionlevel | update force passthru",
        "expand-archive": "path destinationpath | literalpath | force passthru",
        "set-itemproperty new-itemproperty": (
            "path name value | literalpath propertytype type credential filter include exclude | force passthru"
        ),
        "get-itemproperty get-itempropertyvalue remove-itemproperty": (
            "path name | literalpath filter include exclude | force"
        ),
        "join-path": "path childpath additionalchildpath | credential | resolve",
        "split-path": "path | literalpath | parent leaf leafbase extension qualifier resolve isabsolute noqualifier",
        "test-path resolve-path convert-path": "path | literalpath pathtype filter include exclude | isvalid relative",
        "get-wmiobject get-ciminstance": (
            "class property | classname query filter namespace computername credential cimsession querydialect "
            "keyonly | list recurse"
        ),
        "invoke-wmimethod": "class name argumentlist | path namespace computername credential inputobject | asjob",
        "invoke-cimmethod": "classname methodname arguments | query namespace computername cimsession inputobject",
        "set-wmiinstance": "class arguments | path namespace computername credential putype",
        "new-ciminstance": "classname property | namespace computername key cimsession | clientonly",
        "new-scheduledtaskaction": "execute argument workingdirectory | id",
        "register-scheduledtask": (
            "taskname taskpath action trigger settings | user password runlevel description principal "
            "inputobject xml | force"
        ),
        "register-scheduledjob": (
            "name scriptblock trigger | filepath scheduledjoboption argumentlist credential | runnow runas32"
        ),
        "new-service": (
            "name binarypathname | displayname description startuptype credential dependson securitydescriptorsddl"
        ),
        "set-service stop-service start-service": (
            "name | displayname status startuptype binarypathname description inputobject include exclude | force "
            "passthru nowait"
        ),
        "set-mppreference add-mppreference": (
            "| exclusionpath exclusionprocess exclusionextension exclusionipaddress disablerealtimemonitoring "
            "disablebehaviormonitoring disableioavprotection disablescriptscanning disableintrusionpreventionsystem "
            "disableblockatfirstseen disablearchivescanning enablecontrolledfolderaccess mapsreporting "
            "submitsamplesconsent puaprotection enablenetworkprotection highthreatdefaultaction "
            "moderatethreatdefaultaction lowthreatdefaultaction severethreatdefaultaction "
            "unknownthreatdefaultaction attacksurfacereductionrules_ids attacksurfacereductionrules_actions "
            "signaturedisableupdateonstartupwithoutengine attacksurfacereductiononlyexclusions "
            "controlledfolderaccessallowedapplications disableemailscanning disableremovabledrivescanning | force"
        ),
        "set-netfirewallprofile": "name | profile enabled defaultinboundaction defaultoutboundaction | all",
        "send-mailmessage": (
            "to subject body smtpserver | from attachments credential port cc bcc encoding priority | bodyashtml usessl"
        ),
        "resolve-dnsname": "name type | server | dnsonly quicktimeout notimeout nohostsfile cacheonly",
        "set-clipboard": "value | path literalpath | append ashtml",
        "stop-process": "name | id inputobject | force passthru",
        "get-process": "name | id computername | module fileversioninfo includeusername",
        "start-sleep": "seconds | milliseconds duration",
        "import-module": (
            "name | function cmdlet variable alias argumentlist assembly minimumversion requiredversion prefix "
            "scope | force global passthru disablenamechecking"
        ),
        "format-volume clear-disk": (
            "driveletter | filesystem newfilesystemlabel number path partition inputobject | full force confirm "
            "removedata removeoem"
        ),
        "convertto-securestring": "string | key securekey | asplaintext force",
        "convertfrom-securestring": "securestring | key securekey | asplaintext",
        "select-string": (
            "pattern path | literalpath inputobject encoding context include exclude | simplematch casesensitive "
            "quiet list notmatch allmatches raw"
        ),
        "register-objectevent register-wmievent register-engineevent": (
            "inputobject eventname action | sourceidentifier class query messagedata namespace maxtriggercount | "
            "forward supportevent"
        ),
        "write-output": "inputobject | | noenumerate",
        "out-string": "| width inputobject stream | nonewline",
        "invoke-item": "path | literalpath filter include exclude",
        "clear-eventlog remove-eventlog": "logname | computername source",
        "measure-command": "expression | inputobject",
        "select-object": "property | first last skip index expandproperty excludeproperty inputobject | unique wait",
        "new-psdrive": "name psprovider root | description scope credential | persist",
        "read-host": "prompt | | assecurestring maskinput",
    }
)
"""The parameters of commands whose arguments matter, by the commands' full names."""
