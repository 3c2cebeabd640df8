"""What the addresses of services begin with that the library apprise knows; loaded only for a file that names one.

Source: `Apprise().details(show_disabled=True)` of releases 1.8.0 and 2.3.0, and addresses of the web, which some services are known by.
"""

from __future__ import annotations

RELEASE = "2.3.0"  # the newest that was asked
SCHEMES = frozenset(
    """
    46elks acs amqp amqps apprise apprises aprs atalk awswhatsapp azure bale bark barks betterstack blink1 bluesky
    boxcar brevo bsky bulksms bulkvs burstsms chanify chantify clickatell clicksend cliq cm d7sms dapnet dbus
    deltachat deltachats dingtalk discord dot eight00com elks emby embys enigma2 enigma2s evolution evolutions
    exotel fcm feishu firehydrant flock flowtriq flowtriqs fluxer fluxers form forms freemobile gchat gio github
    glib gnome goalert goalerts gorush gorushs gotify gotifys groundmail groupme growl guilded gupshup hassio
    hassios http https httpsms humhub humhubs ifttt ilert incidentio infobip instagram irc ircs jellyfin jellyfins
    jira join json jsons kakao kakaotalk kaleyra kavenegar kde klr kodi kodis kook kudosity kumulos lametric
    lametrics lark lauther lfg line lsea lseas lunasea lunaseas macosx mailersend mailgun mailto mailtos mastodon
    mastodons matrix matrixs misskey misskeys mmost mmosts mobilemessage mobilemsg mqtt mqtts msg91 msgbird msteams
    ncloud nclouds nctalk nctalks nexmo nostr notica noticas notifiarr notifico notificos notifyapp notifyre ntfy
    ntfys o365 octopush onebot onebots onesignal opsgenie opsimate opsimates pagerduty pagertree parsep parseps pbul
    pinglet pinglets pingram pjet pjets plivo popcorn postmark pover prowl psafer psafers push pushdeer pushdeers
    pushed pushme pushplus pushward pushy qq qt reddit resend revolt ringc rocket rockets rsyslog ryver schan
    sendgrid sendpulse serwersms ses session sessions seven sfr signal signalgrid signals signl4 simplepush sinch
    slack smpp smpps smsc smseagle smseagles smsmanager smsmgr smstunnel smtp2go sns sogs sparkpost spike splunk
    spugpush spush squadcast stackfield strmlabs synology synologys syslog telesign telnyx tgram threema toot toots
    trigv trigvs tweet twilio twist twitter vapid viber victorops voipms vonage webex wechat wecom wecombot whapi
    whatsapp windows workflow workflows wpush wxpusher wxteams x xbmc xbmcs xmatters xml xmls xmpp xmpps youlmk zalo
    zcliq zohocliq zoom zulip
    """.split()  # noqa: SIM905  # as a list it would fill 250 lines
)
