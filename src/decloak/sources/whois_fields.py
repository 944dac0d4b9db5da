"""WHOIS field names of the world's registries, as data.

Names are written as `whois_keys.normalise` leaves them: lower case, without accents, digits and
punctuation, single spaces. Alternatives are separated by ``|``. A contact's field is a role followed
by an attribute (``registrant`` + ``email``); only what does not follow that rule is listed whole.
"""

from __future__ import annotations

__all__ = ["ATTRIBUTES", "DOMAIN", "HINTS", "IGNORED", "NETWORK", "REFUSED", "ROLES", "SUFFIXES"]

DOMAIN: dict[str, str] = {
    "name:domain": (
        "domain name|domain|domainname|domain name ace|domain ace|ascii|query|dominio|nombre de dominio"
        "|nombre del dominio|nome de dominio|nome do dominio|nom de domaine|domaine|nome a dominio"
        "|domainname ace|domena|nazwa domeny|domena nazwa|domene|domenenavn|domaenenavn|domane|doman"
        "|domeeni|domeeni nimi|verkkotunnus|domeniu|nume domeniu|domeno|alan adi|domen|naziv domena"
        "|domenas|domens|domeen|tartomany|tartomanynev|domain neve|onoma|домен|имя домена|доменное имя"
        "|домейн|име на домейн|도메인이름|도메인명|域名|網域名稱|网域名称|ドメイン名|domain idn|idn name"
        "|unicode name|complete domain name|domain name utf|domain name idn|domeinnaam|domeinnaam ace"
    ),
    "name:network name": "reg name",
    "id:text": "domain id|registry domain id|roid|domain roid|domain handle|domain number",
    "registrar:org": (
        "registrar|sponsoring registrar|registrar name|registrar organization|registrar organisation"
        "|sponsoring registrar name|sponsoring registrar organization|sponsoring registrar organisation"
        "|sponsor registrar|current registrar|current registar|registar|registar created"
        "|registrar created|registrar company|registrar handle name|registrar of record"
        "|created by registrar|last updated by registrar|registered by|registered through"
        "|registration service provider|registration service|registration provider|service provider"
        "|domain services provided by|domain support|authorized agency|registrado por|registrador"
        "|agente registrador|entidad registradora|entidade registadora|entidade gestora registrar"
        "|bureau d enregistrement|registraire|registratore|registrierer|registrator|registrar nimi"
        "|rejestrator|registratuur|rekisterinpitaja|kayit operatoru|регистратор"
        "|регистратор домена|등록대행자|등록대행업체|注册商|注册服务机构|注冊商|レジストラ|指定事業者"
        "|registrar sponsor|managing registrar|registrant s registrar|registration agent"
        "|record maintained by registrar|registrar info name|gestor|isp registrar"
        "|created by|last updated by|registrar organization name|registry service provider"
        "|registerer|registrar legal name|registrar trading name|accredited registrar|agent registrar"
    ),
    "reseller:org": "reseller|reseller name|reseller organization|reseller organisation|resold by",
    "registrar_id:text": (
        "registrar iana id|sponsoring registrar iana id|iana id|registrar id|sponsoring registrar id"
        "|registrar handle|registrar code|registrar tag|registrar number|registrar iana number"
    ),
    "registrar_url:url": (
        "registrar url|sponsoring registrar url|registrar website|sponsoring registrar website"
        "|registrar web|registrar homepage|registrar http|registrar info|registration url"
        "|registration service url|referral url|registrar web site|registrar www|referral"
        "|registrar information url|registrar site"
    ),
    "reseller_url:url": "reseller url|reseller website|reseller web",
    "whois_server:host": (
        "whois server|registrar whois server|registrar whois|whois|registrar whois host|refer"
        "|registrar whois url|port whois server|registrar whois service|whois host|rdap server"
    ),
    "created:text": (
        "creation date|created|created on|create date|created date|domain create date|domain registration date"
        "|registration date|registered|registered on|registered date|registration time|domain created"
        "|record created|record created on|date registered|domain registered|domain creation date|activated"
        "|activated on|registration|entry created|assigned|connected date|fecha de creacion|fecha de registro"
        "|fecha creacion|fecha registro|data de registo|data de criacao|data de registo creation date"
        "|date de creation|date d enregistrement|data di creazione|data registrazione|erstellt|angelegt"
        "|oprettet|skapad|registreerimise aeg|luotu|aangemaakt|datum registratie|utworzono|data utworzenia"
        "|letrehozva|record created at|kayit tarihi|olusturulma tarihi|дата регистрации|создан|зарегистрирован"
        "|등록일|注册时间|注册日期|註冊日期|登録年月日|domain record created|commencement date|date created"
        "|date approved|first registered|registration on|inserted|domain activated|creation time|domain create"
    ),
    "updated:text": (
        "updated date|updated|last updated|last update|last updated on|last modified|modified|changed"
        "|last updated date|domain last updated date|record last updated|record last updated on|updated on"
        "|last modified date|modification date|update date|entry updated|last changed|last changed date"
        "|ultima actualizacion|fecha de actualizacion|ultima modificacion|data de alteracao|derniere modification"
        "|mise a jour|ultimo aggiornamento|letzte anderung|geandert|sidst opdateret|andrad|muudetud|muokattu"
        "|laatst gewijzigd|zmodyfikowano|guncellenme tarihi|дата изменения|изменен|최근 정보 변경일|更新时间"
        "|最終更新|eppdate|last edited|modified on|record last modified|domain last modified|date modified"
        "|domain updated|record changed on|record updated on|last modification|last amended"
    ),
    "expires:text": (
        "expiry date|expiration date|registry expiry date|expires|expires on|expire date|expiration|expiry|expire"
        "|registrar registration expiration date|domain expiration date|expiration time|expires at|renewal date"
        "|renew date|exp date|paid till|valid until|valid to|validity|record expires on|record will expire on"
        "|domain expires|renewal|fecha de vencimiento|fecha de expiracion|fecha de caducidad|fecha expiracion"
        "|data de expiracao|date d expiration|data di scadenza|scadenza|ablaufdatum|gultig bis|udlober|upphor"
        "|aegumise aeg|vanheneminen|vervaldatum|wygasa|data wygasniecia|lejarat|bitis tarihi|son kullanma tarihi"
        "|дата окончания|истекает|사용 종료일|到期时间|到期日期|有効期限|date renewal|paid until|domain expiry date"
        "|domain expiration|registration expiration date|registration expires|registrar expiration date"
        "|date expires|anniversary|free date|expired|record expires|expiration on"
    ),
    "dnssec:text": "dnssec|dnssec signed|ds records|signed|dnssec status|secure dns|dnssec delegation signer",
    "statuses:text": (
        "status|domain status|state|eppstatus|registration status|estado|estado del dominio|estatus del dominio"
        "|estado do dominio|estado status|etat|stato|stand|staat|tila|olek|stan|durum|состояние|статус|상태|状态"
        "|domain state|query status|epp status|registry status|current status|name status"
    ),
    "name_servers:nameserver": (
        "name server|name servers|nameserver|nameservers|nserver|nservers|dns|dns server|dns servers|domain server"
        "|domain servers|domain nameserver|domain nameservers|domain name server|domain name servers|ns|ns name"
        "|ns hostname|ns host name|host name|hostname|server name|servers|primary server|secondary server"
        "|primary name server|secondary name server|primary nameserver|secondary nameserver|nameserver information"
        "|name server information|name servers information|nameservers information|name server ace"
        "|name server name|nameserver name|name server host|domain servers in listed order"
        "|nameservers in listed order|nameserver in listed order|name servers in listed order"
        "|name servers in the listed order|domain name servers listed in order|domain name servers in listed order"
        "|servidor es de nombres de dominio|servidores de nombres de dominio|servidores de nombres|servidor de nombres"
        "|servidor dns|servidores dns|servidores de nome|servidor de nome|serveur de noms|serveurs de noms"
        "|serveurs dns|server dei nomi|namenserver|nameserveur|navneserver|navneservere|namnserver|namnservrar"
        "|nimiserver|nimiserverid|nimipalvelin|nimipalvelimet|serwer nazw|serwery nazw|serwery dns|nevszerver"
        "|nevszerverek|alan adi sunuculari|isim sunuculari|ad sunuculari|сервер имен|серверы имен|днс|dns сервер"
        "|호스트이름|네임서버|차 네임서버|域名服务器|名称服务器|dns服务器|ネームサーバ|hosts|host|delegated nameservers"
        "|dns entries|authoritative name servers|domain dns|technical nameservers|ns record|primary dns|secondary dns"
        "|domain host|nameserver host|domain nameserver information|listed nameservers|name server hostname"
    ),
    "addresses:ip": (
        "name server ip|name server ips|nameserver ip|ns ip|ns netaddress|ns address|ip address|ip addresses|ipv address"
        "|ipv server|ip 주소|ip주소|primary ip address|secondary ip address|host ip|host ip address|ip"
        "|server ip|dns ip|glue|nameserver ip address|name server ip address|name server ipv|direccion ip|адрес"
    ),
    "emails:email": (
        "changed by email|mail|e mail|email|email address|mailbox|contact email|correo electronico|correo"
        "|adresse electronique|courriel|posta elettronica|e post|epost|eposta|sahkoposti|электронная почта|이메일"
        "|전자우편|邮箱|电子邮件|メールアドレス|mail address|e mail address|customer service email"
    ),
    "abuse_email:email": (
        "registrar abuse contact email|abuse contact email|abuse email|registrar abuse email|abuse mailbox|abuse e mail"
        "|abuse contact e mail|registrar abuse contact e mail|abuse contact mail|contacto de abuso"
    ),
    "url:url": (
        "url|web|website|web page|web site|homepage|www|site web|pagina web|sitio web|site|internet|webseite"
        "|web address|site internet|kotisivu|сайт"
    ),
}
"""``field:kind`` of the ``domain`` record, and the names registries give it."""

NETWORK: dict[str, str] = {
    "range:range": (
        "net range|inetnum|network number|network range|ip range|netblock|ip network|inet num"
        "|ip network address|ipv주소|ip ネットワークアドレス|ipネットワークアドレス|ネットワークアドレス|address range"
        "|ipv block|inetrev|in addr range|as block"
    ),
    "cidr:cidr": "cidr|route|cidrs|prefix|network cidr|announced prefix|ip block",
    "name:text": "net name|netname|network name|as name|asname|ネットワーク名|네트워크 이름|서비스명",
    "handle:text": "net handle|nethandle|as handle|ashandle|network id|nic handle of network|net id",
    "organization:org": (
        "org name|orgname|cust name|custname|customer name|organisation name|組織名|기관명|organization name"
        "|company|company name|organizacion|organisation|organization|societe|firma|empresa|azienda|организация"
        "|organizzazione|organisatie|organisaatio|organisatsioon|org|network service name|kurum adi"
        "|bedrijf|bedrijfsnaam|virksomhed|foretag|yritys|ettevote|ceg|szervezet|spolecnost|компания|公司|单位名称"
        "|会社名|회사명|holder organization|legal name"
        "|trading name|trading as|subscriber|business name|corporation|entity name|isp|isp name"
    ),
    "asn:asn": "origin as|originas|origin|aut num|autnum|as number|asnumber|asn|as|autonomous system|as num",
    "description:descr": "descr|description|netname description|organisation description",
    "parent:text": "parent|net type|network type|allocation type",
}
"""``field:kind`` of the ``network`` record, and of objects that number registries keep."""

ROLES: dict[str, str] = {
    "registrant": (
        "registered for|domain owner|licensee|registrant|registrant contact|registrant contact information|owner|owner contact|domain owner contact|holder"
        "|domain holder|domain registrant|registrant s|registrant name and|titular|titular registrant|titulaire"
        "|inhaber|domaininhaber|eigentumer|registrante|registratario|assegnatario|houder|haldaja|rekistersija"
        "|registreerija|haltija|innehavare|ihaber|sahibi|abonent|abonnent|proprietario|propietario|registrant organization contact"
        "|organization using domain name|responsible organization|licenca sahibi|владелец|администратор домена"
        "|등록인|등록자|注册人|注册者|注冊人|registrant org|registered owner|current owner|domain owner|client"
        "|customer|org|cust|domain name owner|domain name holder|naudotojas|lietotajs|uzivatel|drzitel|majitel|dysponent"
        "|igenylo|hasznalo|регистрант|名義|登録者名|registrant private|right holder"
    ),
    "admin": (
        "admin|administrative|administrative contact|admin contact|administrator|administrative contact s|admin contacts"
        "|administrative contacts|administrative contact agent|adm|ac|administrative contact ac|adminstrative contact"
        "|contacto administrativo|contato administrativo|contact administratif|contatto amministrativo|responsable"
        "|administrativer kontakt|admin c|administrativ kontakt|halduskontakt|hallinnollinen yhteyshenkilo"
        "|administratief contact|kontakt administracyjny|idari kontak|administrativni kontakt|административный контакт"
        "|책임자|관리책임자|管理联系人|responsible|responsible person|entidade gestora|local contact|org admin"
        "|domain administrator|domain name administrator|registrant admin|authorized contact|responsavel administrativo"
    ),
    "tech": (
        "tech|technical|technical contact|tech contact|technical contacts|technical contact s|tech contacts"
        "|registrar technical contacts|registrar technical contact|zone contact|technical contact information"
        "|contacto tecnico|contato tecnico|contact technique|contatto tecnico|responsavel tecnico|responsable tecnico"
        "|responsavel tecnico tech contact|technischer kontakt|teknisk kontakt|tehniline kontakt|tekninen yhteyshenkilo"
        "|technisch contact|kontakt techniczny|teknik kontak|technicky kontakt|tehnicni kontakt|технический контакт"
        "|tc|org tech|r tech|orgtech|rtech|zone|technical and zone contact|기술책임자|技术联系人|org routing|org dns"
        "|contacts|noc|org noc|r noc|technical contact zone contact"
    ),
    "billing": (
        "billing|billing contact|billing contacts|bill|contacto de cobranza|contacto de facturacion|contato de cobranca"
        "|contacto financiero|contacto de pago|contact facturation|contatto di fatturazione|fakturakontakt"
        "|rechnungskontakt|kontakt fakturering|mali kontak|bl|invoice contact|billing contact s|payment contact"
        "|contato cobranca|facturation|contacto cobranza|entidade gestora billing contact|contacto facturacion"
    ),
    "abuse": "abuse|abuse contact|org abuse|r abuse|contact abuse|abuse contacts|abuse c|anti abuse",
    "reseller": "reseller|resellers|reseller contact|dealer",
    "registrar": (
        "registrar|sponsoring registrar|registration service provider|domain services provided by"
        "|registered through|registered by|agent"
    ),
    "registrar_contact": (
        "registrar customer service|sponsoring registrar customer service|registrar admin|registrar tech"
        "|sponsoring registrar admin|sponsoring registrar tech|registrar contact|sponsoring registrar contact"
        "|registrar support|registrar billing|sponsoring registrar billing|registrar abuse"
    ),
    "contact": "contact|contacts|contact person|contacto|contatto|kontakt|person|role|customer service|support",
}
"""Roles of contacts, and the words registries use for them, alone or before an attribute."""

ATTRIBUTES: dict[str, str] = {
    "name:person": (
        "name|contact name|full name|person|contact|nombre|nome|nom|nimi|namn|navn|naam|imie|nazwa|nev|ad|adi|имя"
        "|first name|last name|individual|contact person|nombre y apellidos|role|owner name|real name|이름|姓名|氏名"
    ),
    "organization:org": (
        "organization|organisation|org|organization name|organisation name|company|company name|organizacion|organizacao"
        "|organizzazione|societe|entreprise|firma|empresa|azienda|organisatie|corporation|org name|organisaatio"
        "|organisatsioon|kurum|organization loc|organization en|organisation en|foretag|bedrijf|institution|组织|公司"
        "|internationalized organization|business name|legal name"
    ),
    "email:email": (
        "email|e mail|mail|email address|e mail address|emails|mailbox|correo|correo electronico|courriel|e post|epost"
        "|posta|sahkoposti|eposta|contact email|전자우편|邮箱|联系邮箱|электронная почта|email contact|email id|public email"
        "|customer service email|contact e mail"
    ),
    "url:url": "url|website|web|web site|web page|homepage|www|http",
    "phone:text": (
        "phone|phone number|telephone|tel|voice|telefono|telefone|telefon|puhelin|телефон|전화번호|电话|phone ext|fax"
        "|fax ext|fax number|facsimile|facsimile number|fax no|voice number|mobile|phone no|contact phone|telephone number"
        "|fax phone|phone fax|电话号码"
    ),
    "country:text": "country|country code|pais|pays|land|paese|страна|国家|country economy|maa|ulke|nation|countrycode",
    "city:text": "city|ciudad|cidade|ville|stadt|citta|town|locality|город|state|state province|province|region|provincia",
    "street:text": (
        "street|address|street address|postal address|direccion|endereco|adresse|indirizzo|adres|адрес|주소|地址|address line"
        "|postal code|postcode|zip|zip code|zipcode|postalcode|codigo postal|cp|우편번호|street number|location|p o box"
        "|locality zipcode|place|post code|address street"
    ),
    "id:text": (
        "id|contact id|handle|nic handle|nic hdl|nic hdl br|contactid|contact handle|ref|number|s handle|identifier|c"
        "|nichandle|hdl|person id|registry id|code|pid|registrant id"
    ),
    "role:text": (
        "type|contact type|registrant type|organization type|organisation type|entity type|legal form|kind|nexus category"
        "|application purpose|language|lang|trade name|vat number|registration number|company number|identification"
    ),
}
"""``field:kind`` of the ``contact`` record, and the names registries give it."""

IGNORED = (
    "remarks|remark|comment|comments|notice|note|notes|terms of use|descriptive text|source|notify|mnt by|mnt lower"
    "|mnt routes|mnt ref|mnt irt|mnt domains|mnt nfy|upd to|auth|key|keys|flags|tag|nsl id|dsl id|hold|trouble"
    "|ref|resource link|public ref|netname type|sponsoring org|abuse c|assignment size|domain language"
    "|whois server version|version|descr type|trademark name|trademark country|trademark number"
    "|data validation|relevant dates|important|disclaimer|copyright|legal|for more information|please note|warning"
    "|nstat|nsstat|nslastaa|saci|publishes|정보공개여부|eligibility type|eligibility id|eligibility name|eligsource"
    "|reachsource|reachmedia|reachstatus|owner id|ownerid|provider|sponsoring registrar address|registrar address"
    "|url of the icann whois data problem reporting system|url of the icann whois inaccuracy complaint form"
)
"""Names whose values say nothing, or say it in prose."""

SUFFIXES = (
    "information|info|details|data|section|s|contact information|informacion|in listed order|listed"
)
"""Words at the end of a section's title that change nothing."""

HINTS: dict[str, str] = {
    "email": "email|mail|correo|courriel|epost|mailbox|emails",
    "nameserver": "nameserver|nserver|nameservers|nservers",
    "url": "url|website|homepage|webpage|web",
    "org": "organization|organisation|company|organizacion|organizacao|organizzazione|societe|registrar|orgname",
    "domain": "domainname|dominio",
}
"""Words that give an unlisted field its kind, strongest first."""

REFUSED = (
    "id|no|number|num|type|code|country|date|address|phone|fax|status|street|city|state|zip|postal|server|lock|tag"
    "|handle|version|time|sent|received|of|the|to|and|for|by|may|will|is|are|not|please|this|that|you|in|with|as|if|or"
    "|description|level|policy|agreement|password|key|count|total|update|transfer|terms|class|category|abuse"
)
"""Words that forbid guessing a field's kind, because its value is another thing, or prose."""
