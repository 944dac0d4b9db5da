"""What names with digits resemble: honest ones nothing, those in leet their plain spelling."""

from __future__ import annotations

import pytest

from decloak.verify.values import canonical

HONEST = """
163.com 126.com 4shared.com office365.com ns1.example.net s3.amazonaws.com o2.co.uk 7-zip.org
web01.example.org b2b.example 1and1.com 360.cn 4chan.org 9gag.com 3com.com 1password.com
2checkout.com 99designs.com 500px.com 51job.com 58.com 17track.net 1688.com 12306.cn 2ch.net
5ch.net 8tracks.com 2gis.ru 1c.ru 3m.com 4pda.ru 7eleven.com 21cn.com 139.com 189.cn 123rf.com
123movies.net 1fichier.com 2captcha.com 3dmark.com 3ds.com 4gamer.net 4sysops.com 5sos.com
6pm.com 7zip.org 8bit.example 24horas.cl 24ur.com 247sports.com 1stdibs.com 2dehands.be
360buy.com 365scores.com 50cent.com 5paisa.com 60secondes.com 6play.fr 7news.com.au
888casino.com 888poker.com 9to5mac.com 9to5google.com 9news.com.au abc7news.com abc13.com
bet365.com b92.net canal4.com channel4.com c4.co cbs8.com click2houston.com club8090.co.uk
code42.com coin360.com cs50.harvard.edu d3js.org div2.example e621.net f5.com fox5ny.com
gate2home.com go2.example h5p.org html5test.com html5rocks.com i2p2.de ilovepdf2.com
imgur3.example in2town.co.uk k12.com k2.com kiss92.sg l10n.gnome.org level3.net level3.com
log4j.example m1.com.sg m6.fr mp3skull.com mp3.com n26.com news24.com news18.com n2.example
net2phone.com number10.gov.uk office2.example onet2.pl p2p.org p3.example pay4bugs.com
photobox2.example php5.example pop3.example.com print24.com q8.example r7.com radio5live.co.uk
radio4.bbc.co.uk rt5.example s0.wp.com s1.example.net s3-us-west-2.amazonaws.com sat1.de
scan4all.com server5.example.net server1.example.com shop4less.co.uk sky3ds.com sport1.de
sport5.co.il studio5.example super8.com t3n.de t3.com t1.gstatic.com tele2.se tele2.com
time4vps.eu top10.example tv2.no tv4.se tv5monde.com tv2.dk type3.example up2date.example u2.com
v2ex.com v8.dev w3.org w3schools.com web2.0calc.com web2py.com win7.example win10.example
windows10.example x264.org x86.example y8.com yr.no2.example zone4.example 3dprint.com
4imprint.com 5star.example 6pack.example 8ball.example all4you.example art2day.example
b4u.example ca1.example.net channel5.com channel5news.example db2.example disk0.example.com
dc1.example.com eth0.example dns1.p01.nsone.net ns10.domaincontrol.com ns-1234.awsdns-56.org
ec2-3-14-15-9.compute.amazonaws.com ip-10-0-0-1.example host5.example.net host123.example.org
mail1.example.com mail2.example.com mx01.example.org mx1.example mx10.mailspamprotection.com
node1.example node12.example phase2.example plan9.example.org port80.example proxy3.example
rack4.example route53.example smtp2.example.net sql1.example srv04.example sw1.example
test5.example test01.example vm1.example vpn2.example web2print.example www2.example
www1.example www3.example fra1.example ams3.digitaloceanspaces.com nyc3.digitaloceanspaces.com
sfo2.example lon1.example syd1.example sea1.example atl2.example dal1.example hel1.example.com
sin1.example tok1.example par7.example core1.fra1.he.net ae-1.r20.frnkge04.de.bb.gin.ntt.net
be3456.ccr42.ams03.atlas.cogentco.com a1b2c3d4e5.example d41d8cd98f00b204.example
5f4dcc3b5aa765d6.example 0a1b2c3d.example deadbeef01.example e2e.example k8s.io i18n.example
h2o.ai h264.example utf8.example base64.guru md5online.org sha256.online amd64.example
win32.example x509.example ipv6.example.net ipv6test.example log4net.example python3.example
angular2.example l2tp.example wpa2.example gps4.example ps5.example ps4.example xbox360.example
galaxy7.example iphone6.example ipad2.example rs232.example usb3.example hdmi2.example
mp4box.example mpeg4.example vp9.example av1.example group5.example level5security.example
game24.example school21.example area51.example route66.example catch22.example product42.example
forever21.com motel6.com super8.example century21.com pier1.com 5guys.com carrefour4.example
five9.com seven7.example stage2.example zone1.example cluster1.example pos7.example tel1.example
mode1.example cell7.example cam3.example car2go.com car4you.example sleep4life.example
made4u.example fit4life.example home24.de auto1.com wish2.example run4fun.example wiki2.org
tab4.example lab3.example unit42.example unit8.co grupo3.example world4ufree.example
time4learning.com learn4good.com best4you.example ask4.example just2trade.com jobs2careers.com
g2a.com g2.com y2mate.com ssyoutube2.example savefrom24.example z0.example y3.example q4inc.com
eu1.example us2.example ap1.salesforce.com na73.salesforce.com cs14.example
"""

IN_LEET = """
g00gle.com=google.com paypa1.com=paypal.com micr0soft-0nline.example=microsoft-online.example
m1cr0s0ft365.example=microsoft365.example secure.l0gin2.example=secure.login2.example
amaz0n.com=amazon.com faceb00k.com=facebook.com netf1ix.com=netflix.com app1e.com=apple.com
l1nkedin.com=linkedin.com dr0pbox.com=dropbox.com 0ffice.example=office.example
acc0unt-verify.example=account-verify.example s3cure-login.example=secure-login.example
upd4te.example=update.example b4nk.example=bank.example 1nstagram.com=instagram.com
wh4tsapp.com=whatsapp.com tw1tter.com=twitter.com y0utube.com=youtube.com githu8.com=github.com
g1thub.com=github.com cl0udflare.com=cloudflare.com n3tflix.com=netflix.com
mai1.example.net=mail.example.net 5ervice.de=service.de 1mage.us=image.us pane1.ua=panel.ua
1ionfriend.eu=lionfriend.eu port41wizard.com=portalwizard.com supp0rt.example=support.example
passw0rd-reset.example=password-reset.example b1nance.com=binance.com c0inbase.com=coinbase.com
we11sfargo.com=wellsfargo.com outl00k.com=outlook.com
0utlook-mai1.example=outlook-mail.example mcaf33.com=mcafee.com ad0be.com=adobe.com
walm4rt.com=walmart.com st3am-community.example=steam-community.example metam4sk.io=metamask.io
ch4se-onl1ne.example=chase-online.example f1refox.example=firefox.example
m0zilla.example=mozilla.example
"""


@pytest.mark.parametrize("name", HONEST.split())
def test_honest_digits_resemble_nothing(name: str) -> None:
    assert canonical("DOMAIN", name).resembles is None


@pytest.mark.parametrize("pair", IN_LEET.split())
def test_leet_resembles_what_it_reads_as(pair: str) -> None:
    name, _, plain = pair.partition("=")
    reading = canonical("DOMAIN", name)
    assert (reading.value, reading.resembles) == (name, plain)


def test_leet_in_addresses_and_locators() -> None:
    assert canonical("EMAIL", "supp0rt@paypa1.com").resembles == "support@paypal.com"
    assert canonical("EMAIL", "mike5@web01.example").resembles is None
    assert canonical("URL", "http://g00gle.com:80/l0gin").resembles == "http://google.com:80/login"


def test_marks_that_idna_makes_letters_are_marks() -> None:
    reading = canonical("DOMAIN", "ya\u0345hoo.example")
    assert reading.value.startswith("xn--")
    assert reading.resembles == "yahoo.example"
