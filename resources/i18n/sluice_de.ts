<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name>Breaker</name>
    <message>
        <source>open: our key was refused; one good answer closes it, next try in %1</source>
        <translation>offen: unser Schlüssel wurde abgelehnt; eine gute Antwort schließt sie, nächster Versuch in %1</translation>
    </message>
    <message>
        <source>open: the next call after %1 is a probe</source>
        <translation>offen: der nächste Aufruf nach %1 ist eine Probe</translation>
    </message>
    <message>
        <source>half-open: %1 of %2 probes were good; one failure opens it again</source>
        <translation>halb offen: %1 von %2 Proben waren gut; ein Fehler öffnet sie wieder</translation>
    </message>
    <message>
        <source>held open by hand, until it is reset</source>
        <translation>von Hand offen gehalten, bis sie zurückgesetzt wird</translation>
    </message>
    <message>
        <source>held closed by hand, whatever fails, until it is reset</source>
        <translation>von Hand geschlossen gehalten, was auch fehlschlägt, bis sie zurückgesetzt wird</translation>
    </message>
    <message>
        <source>%1 of %2 failures in a row</source>
        <translation>%1 von %2 Fehlern in Folge</translation>
    </message>
    <message>
        <source>not tripped: %1; %2 of %3 calls needed in %4 before their share counts</source>
        <translation>nicht ausgelöst: %1; %2 von %3 nötigen Aufrufen in %4, bevor ihr Anteil zählt</translation>
    </message>
    <message>
        <source>not tripped: %1; %2 of %3 calls failed in %4 (%5 %), it takes %6 %</source>
        <translation>nicht ausgelöst: %1; %2 von %3 Aufrufen in %4 fehlgeschlagen (%5 %), nötig sind %6 %</translation>
    </message>
</context>
<context>
    <name>Copied</name>
    <message>
        <source>✓ Copied</source>
        <translation>✓ Kopiert</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
</context>
<context>
    <name>EventWords</name>
    <message>
        <source>status %1</source>
        <translation>Status %1</translation>
    </message>
    <message>
        <source>a time-out</source>
        <translation>eine Zeitüberschreitung</translation>
    </message>
    <message>
        <source>an answer that broke off</source>
        <translation>eine abgebrochene Antwort</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>answered %1</source>
        <translation>antwortete mit %1</translation>
    </message>
    <message>
        <source>did not answer in %1 s</source>
        <translation>blieb %1 s lang ohne Antwort</translation>
    </message>
    <message>
        <source>waits for its key from the keychain</source>
        <translation>wartet auf seinen Schlüssel aus dem Schlüsselbund</translation>
    </message>
    <message>
        <source>has no key: the environment variable %1 is not set</source>
        <translation>hat keinen Schlüssel: die Umgebungsvariable %1 ist nicht gesetzt</translation>
    </message>
    <message>
        <source>has no key: the first line of %1 cannot be read or is empty</source>
        <translation>hat keinen Schlüssel: die erste Zeile von %1 ist leer oder nicht lesbar</translation>
    </message>
    <message>
        <source>has no key: there is no keychain here; use env:NAME or file:PATH</source>
        <translation>hat keinen Schlüssel: hier gibt es keinen Schlüsselbund; verwenden Sie env:NAME oder file:PFAD</translation>
    </message>
    <message>
        <source>has no key: %1</source>
        <translation>hat keinen Schlüssel: %1</translation>
    </message>
    <message>
        <source>something answers at %1</source>
        <translation>unter %1 antwortet etwas</translation>
    </message>
    <message>
        <source>%1 is set</source>
        <translation>%1 ist gesetzt</translation>
    </message>
    <message>
        <source>both are in force</source>
        <translation>beide gelten</translation>
    </message>
    <message>
        <source>the file&apos;s is in force</source>
        <translation>es gilt die der Datei</translation>
    </message>
    <message>
        <source>start</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>admin</source>
        <translation>Verwaltung</translation>
    </message>
    <message>
        <source>rollback</source>
        <translation>Rückkehr</translation>
    </message>
    <message>
        <source>provider %1 added</source>
        <translation>Anbieter %1 hinzugefügt</translation>
    </message>
    <message>
        <source>provider %1 removed</source>
        <translation>Anbieter %1 entfernt</translation>
    </message>
    <message>
        <source>%1 added</source>
        <translation>%1 hinzugefügt</translation>
    </message>
    <message>
        <source>%1 removed</source>
        <translation>%1 entfernt</translation>
    </message>
    <message>
        <source>%1 none -&gt; %2</source>
        <translation>%1 keine -&gt; %2</translation>
    </message>
    <message>
        <source>%1 -&gt; none</source>
        <translation>%1 -&gt; keine</translation>
    </message>
    <message>
        <source>client %1</source>
        <translation>Client %1</translation>
    </message>
    <message>
        <source>as it was read</source>
        <translation>wie gelesen</translation>
    </message>
    <message>
        <source>remarks or order</source>
        <translation>Anmerkungen oder Reihenfolge</translation>
    </message>
    <message>
        <source>nothing has changed but perhaps the keys</source>
        <translation>nichts hat sich geändert, außer vielleicht die Schlüssel</translation>
    </message>
    <message>
        <source>an edit that met a change in the window</source>
        <translation>eine Bearbeitung, die auf eine Änderung im Fenster traf</translation>
    </message>
    <message>
        <source>undo</source>
        <translation>rückgängig</translation>
    </message>
    <message>
        <source>redo</source>
        <translation>wiederholt</translation>
    </message>
    <message>
        <source>merged with the file</source>
        <translation>mit der Datei zusammengeführt</translation>
    </message>
    <message>
        <source>kept over the file</source>
        <translation>gegen die Datei behalten</translation>
    </message>
    <message>
        <source>%1 and %2 more</source>
        <translation>%1 und %2 weitere</translation>
    </message>
    <message>
        <source>undo: %1</source>
        <translation>rückgängig: %1</translation>
    </message>
    <message>
        <source>redo: %1</source>
        <translation>wiederholt: %1</translation>
    </message>
    <message>
        <source>merged with the file: %1</source>
        <translation>mit der Datei zusammengeführt: %1</translation>
    </message>
    <message>
        <source>kept over the file: %1</source>
        <translation>gegen die Datei behalten: %1</translation>
    </message>
    <message>
        <source>the breaker opened: the provider refused our key (%1)</source>
        <translation>die Sicherung öffnete: der Anbieter wies unseren Schlüssel ab (%1)</translation>
    </message>
    <message>
        <source>the breaker opened: a probe failed (%1)</source>
        <translation>die Sicherung öffnete: eine Probe schlug fehl (%1)</translation>
    </message>
    <message>
        <source>the breaker opened: a call failed (%1)</source>
        <translation>die Sicherung öffnete: ein Aufruf schlug fehl (%1)</translation>
    </message>
    <message>
        <source>the breaker opened: %1 failures in a row, the last: %2</source>
        <translation>die Sicherung öffnete: %1 Fehler in Folge, der letzte: %2</translation>
    </message>
    <message>
        <source>the breaker opened: %1 of %2 calls failed in %3 s, the limit is %4 %</source>
        <translation>die Sicherung öffnete: %1 von %2 Aufrufen schlugen in %3 s fehl, die Grenze ist %4 %</translation>
    </message>
    <message>
        <source>the breaker was opened by hand</source>
        <translation>die Sicherung wurde von Hand geöffnet</translation>
    </message>
    <message>
        <source>the breaker was reset by hand</source>
        <translation>die Sicherung wurde von Hand zurückgesetzt</translation>
    </message>
    <message>
        <source>the breaker is held closed by hand until it is reset</source>
        <translation>die Sicherung wird von Hand geschlossen gehalten, bis sie zurückgesetzt wird</translation>
    </message>
    <message>
        <source>the breaker is held open by hand until it is reset</source>
        <translation>die Sicherung wird von Hand offen gehalten, bis sie zurückgesetzt wird</translation>
    </message>
    <message>
        <source>the breaker closed: the provider is back</source>
        <translation>die Sicherung schloss: der Anbieter ist wieder da</translation>
    </message>
    <message>
        <source>the breaker lets probes through</source>
        <translation>die Sicherung lässt Proben durch</translation>
    </message>
    <message>
        <source>answered 429: left alone for %1 s</source>
        <translation>antwortete mit 429: wird %1 s in Ruhe gelassen</translation>
    </message>
    <message>
        <source>its health probe is answered again</source>
        <translation>seine Gesundheitsprobe wird wieder beantwortet</translation>
    </message>
    <message>
        <source>listening</source>
        <translation>nimmt Anfragen an</translation>
    </message>
    <message>
        <source>no longer listening</source>
        <translation>nimmt keine Anfragen mehr an</translation>
    </message>
    <message>
        <source>revision %1 is in force</source>
        <translation>Stand %1 gilt</translation>
    </message>
    <message>
        <source>clients &apos;%1&apos; and &apos;%2&apos; have the same key: who asks with it counts as &apos;%3&apos;</source>
        <translation>die Clients „%1“ und „%2“ haben denselben Schlüssel: wer mit ihm anfragt, zählt als „%3“</translation>
    </message>
    <message>
        <source>provider &apos;%1&apos; %2</source>
        <translation>Anbieter „%1“ %2</translation>
    </message>
    <message>
        <source>client &apos;%1&apos; %2</source>
        <translation>Client „%1“ %2</translation>
    </message>
    <message>
        <source>its health probe %1</source>
        <translation>seine Gesundheitsprobe %1</translation>
    </message>
    <message>
        <source>server.listen and server.workers are read at the start: as long as the gateway runs it listens on %1</source>
        <translation>server.listen und server.workers werden beim Start gelesen: solange das Gateway läuft, nimmt es Anfragen unter %1 an</translation>
    </message>
    <message>
        <source>the change is in force, but not written: %1</source>
        <translation>die Änderung gilt, ist aber nicht geschrieben: %1</translation>
    </message>
    <message>
        <source>a change that could not be written has given way to a later one: %1</source>
        <translation>eine Änderung, die nicht geschrieben werden konnte, ist einer späteren gewichen: %1</translation>
    </message>
    <message>
        <source>the file was changed while a change of ours was not written: %1</source>
        <translation>die Datei wurde geändert, während eine Änderung von uns noch nicht geschrieben war: %1</translation>
    </message>
    <message>
        <source>cannot keep this config in the history: %1</source>
        <translation>diese Konfiguration kann nicht im Verlauf behalten werden: %1</translation>
    </message>
    <message>
        <source>new connections have to wait: accept() says &quot;%1&quot;; it is tried again and again. Does the limit of open files (ulimit -n) fit server.max_connections?</source>
        <translation>neue Verbindungen müssen warten: accept() meldet „%1“; es wird immer wieder versucht. Passt die Grenze offener Dateien (ulimit -n) zu server.max_connections?</translation>
    </message>
    <message>
        <source>%1; to use it, put %2 into the config&apos;s providers</source>
        <translation>%1; um es zu verwenden, schreiben Sie %2 unter „providers“ in die Konfiguration</translation>
    </message>
    <message>
        <source>%1 (%2); revision %3 is in force</source>
        <translation>%1 (%2); Stand %3 gilt</translation>
    </message>
</context>
<context>
    <name>FailurePlot</name>
    <message>
        <source>429</source>
        <translation>429</translation>
    </message>
    <message>
        <source>5xx</source>
        <translation>5xx</translation>
    </message>
    <message>
        <source>time-out</source>
        <translation>Zeit abgelaufen</translation>
    </message>
    <message>
        <source>broken off</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>key refused</source>
        <translation>Schlüssel abgelehnt</translation>
    </message>
    <message>
        <source>limit</source>
        <translation>Grenze</translation>
    </message>
    <message>
        <source>breaker</source>
        <translation>Sicherung</translation>
    </message>
    <message>
        <source>no target</source>
        <translation>kein Ziel</translation>
    </message>
    <message>
        <source>bad request</source>
        <translation>ungültige Anfrage</translation>
    </message>
</context>
<context>
    <name>FileWords</name>
    <message>
        <source>✗ the file was refused and is not in force</source>
        <translation>✗ die Datei wurde abgelehnt und gilt nicht</translation>
    </message>
    <message>
        <source>read-only</source>
        <translation>schreibgeschützt</translation>
    </message>
    <message>
        <source>✗ not written</source>
        <translation>✗ nicht geschrieben</translation>
    </message>
    <message>
        <source>✓ saved</source>
        <translation>✓ gespeichert</translation>
    </message>
    <message>
        <source>not written yet</source>
        <translation>noch nicht geschrieben</translation>
    </message>
    <message>
        <source>No file: changes last until the program ends.</source>
        <translation>Keine Datei: Änderungen gelten bis zum Programmende.</translation>
    </message>
    <message>
        <source>✗ The file was refused, what is in force is another: %1</source>
        <translation>✗ Die Datei wurde abgelehnt, es gilt etwas anderes: %1</translation>
    </message>
    <message>
        <source>Read-only: %1</source>
        <translation>Schreibgeschützt: %1</translation>
    </message>
    <message>
        <source>Not written: %1</source>
        <translation>Nicht geschrieben: %1</translation>
    </message>
    <message>
        <source>✓ saved in %1</source>
        <translation>✓ gespeichert in %1</translation>
    </message>
    <message>
        <source>Not written yet</source>
        <translation>Noch nicht geschrieben</translation>
    </message>
</context>
<context>
    <name>Limits</name>
    <message>
        <source>%1 of %2 left</source>
        <translation>%1 von %2 übrig</translation>
    </message>
    <message>
        <source>Rates</source>
        <translation>Raten</translation>
    </message>
    <message>
        <source>Requests/min</source>
        <translation>Anfragen/min</translation>
    </message>
    <message>
        <source>Burst</source>
        <translation>Vorrat</translation>
    </message>
    <message>
        <source>Tokens/min</source>
        <translation>Token/min</translation>
    </message>
    <message>
        <source>Burst tokens</source>
        <translation>Tokenvorrat</translation>
    </message>
    <message>
        <source>Calls at once</source>
        <translation>Zugleich</translation>
    </message>
    <message>
        <source>%1 under way</source>
        <translation>%1 unterwegs</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteplätze</translation>
    </message>
    <message>
        <source>%1 waiting</source>
        <translation>%1 warten</translation>
    </message>
    <message>
        <source>Queue timeout</source>
        <translation>Wartezeit</translation>
    </message>
    <message>
        <source>Breaker</source>
        <translation>Sicherung</translation>
    </message>
    <message>
        <source>Failures in a row</source>
        <translation>Fehler in Folge</translation>
    </message>
    <message>
        <source>%1 now</source>
        <translation>jetzt %1</translation>
    </message>
    <message>
        <source>Error rate</source>
        <translation>Fehleranteil</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Zeitfenster</translation>
    </message>
    <message>
        <source>Minimum calls</source>
        <translation>Mindestaufrufe</translation>
    </message>
    <message>
        <source>Open for</source>
        <translation>Offen für</translation>
    </message>
    <message>
        <source>Timeouts</source>
        <translation>Zeitgrenzen</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Headers</source>
        <translation>Kopf</translation>
    </message>
    <message>
        <source>First byte</source>
        <translation>Erstes Byte</translation>
    </message>
    <message>
        <source>Idle</source>
        <translation>Stille</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>Gesamt</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>%1 picks</source>
        <translation>%1-mal gewählt</translation>
    </message>
    <message>
        <source>route %1</source>
        <translation>Route %1</translation>
    </message>
    <message>
        <source>client %1</source>
        <translation>Client %1</translation>
    </message>
    <message>
        <source>%1 requests per minute</source>
        <translation>%1 Anfragen pro Minute</translation>
    </message>
    <message>
        <source>%1 requests in a burst</source>
        <translation>%1 Anfragen auf einmal</translation>
    </message>
    <message>
        <source>%1 tokens per minute</source>
        <translation>%1 Token pro Minute</translation>
    </message>
    <message>
        <source>%1 tokens in a burst</source>
        <translation>%1 Token auf einmal</translation>
    </message>
    <message>
        <source>%1 calls at once</source>
        <translation>%1 Aufrufe zugleich</translation>
    </message>
    <message>
        <source>%1 may wait</source>
        <translation>%1 dürfen warten</translation>
    </message>
    <message>
        <source>%1 failures in a row</source>
        <translation>%1 Fehler in Folge</translation>
    </message>
    <message>
        <source>%1 percent</source>
        <translation>%1 Prozent</translation>
    </message>
    <message>
        <source>%1 calls</source>
        <translation>%1 Aufrufe</translation>
    </message>
    <message>
        <source>weight %1</source>
        <translation>Gewicht %1</translation>
    </message>
    <message>
        <source>%1 seconds</source>
        <translation>%1 Sekunden</translation>
    </message>
</context>
<context>
    <name>Pages</name>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Config</source>
        <translation>Konfiguration</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>Providers</source>
        <translation>Anbieter</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weitere</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Keep the gateway running?</source>
        <translation>Das Gateway weiterlaufen lassen?</translation>
    </message>
    <message>
        <source>Keep the gateway running in the background?</source>
        <translation>Das Gateway im Hintergrund weiterlaufen lassen?</translation>
    </message>
    <message>
        <source>The icon in the tray brings the window back. This is asked once; File, Quit always quits.</source>
        <translation>Das Symbol in der Leiste holt das Fenster zurück. Dies wird einmal gefragt; Datei, Beenden beendet immer.</translation>
    </message>
    <message>
        <source>The window is minimised then, as there is no tray. This is asked once; File, Quit always quits.</source>
        <translation>Das Fenster wird dann verkleinert, weil es keine Symbolleiste gibt. Dies wird einmal gefragt; Datei, Beenden beendet immer.</translation>
    </message>
    <message>
        <source>&amp;Keep running</source>
        <translation>&amp;Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>config text</source>
        <translation>Text der Konfiguration</translation>
    </message>
    <message>
        <source>The config file was changed elsewhere</source>
        <translation>Die Konfigurationsdatei wurde anderswo geändert</translation>
    </message>
    <message>
        <source>Your change is in force but not in the file, which somebody else changed meanwhile. The two touch different values. Whatever you choose, the other is kept in the history.</source>
        <translation>Ihre Änderung gilt, steht aber nicht in der Datei, die inzwischen jemand anderes änderte. Beide berühren verschiedene Werte. Was auch gewählt wird, das andere bleibt im Verlauf.</translation>
    </message>
    <message>
        <source>Your change is in force but not in the file, which somebody else changed meanwhile: %1. Whatever you choose, the other is kept in the history.</source>
        <translation>Ihre Änderung gilt, steht aber nicht in der Datei, die inzwischen jemand anderes änderte: %1. Was auch gewählt wird, das andere bleibt im Verlauf.</translation>
    </message>
    <message>
        <source>Changed in the file</source>
        <translation>In der Datei geändert</translation>
    </message>
    <message>
        <source>Changed here</source>
        <translation>Hier geändert</translation>
    </message>
    <message>
        <source>Nothing.</source>
        <translation>Nichts.</translation>
    </message>
    <message>
        <source>&amp;Merge both</source>
        <translation>Beide &amp;zusammenführen</translation>
    </message>
    <message>
        <source>&amp;Reload the file</source>
        <translation>Die Datei neu &amp;lesen</translation>
    </message>
    <message>
        <source>&amp;Keep mine</source>
        <translation>&amp;Meine behalten</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>&amp;Später</translation>
    </message>
    <message>
        <source>The gateway cannot listen</source>
        <translation>Das Gateway kann nicht lauschen</translation>
    </message>
    <message>
        <source>Port %1 is free. Clients then use http://127.0.0.1:%1/v1, until the next start.</source>
        <translation>Port %1 ist frei. Clients nehmen dann http://127.0.0.1:%1/v1, bis zum nächsten Start.</translation>
    </message>
    <message>
        <source>Use port %1</source>
        <translation>Port %1 nehmen</translation>
    </message>
    <message>
        <source>trip %1</source>
        <translation>%1 auslösen</translation>
    </message>
    <message>
        <source>force %1 open</source>
        <translation>%1 offen halten</translation>
    </message>
    <message>
        <source>force %1 closed</source>
        <translation>%1 geschlossen halten</translation>
    </message>
    <message>
        <source>reset %1</source>
        <translation>%1 zurücksetzen</translation>
    </message>
</context>
<context>
    <name>RefusalWords</name>
    <message>
        <source>a text</source>
        <translation>ein Text</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>eine Zahl</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>eine ganze Zahl</translation>
    </message>
    <message>
        <source>a map</source>
        <translation>eine Abbildung</translation>
    </message>
    <message>
        <source>a list</source>
        <translation>eine Liste</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>a duration such as 250ms, 5s, 10m or 1h</source>
        <translation>eine Dauer wie 250ms, 5s, 10m oder 1h</translation>
    </message>
    <message>
        <source>a size in bytes such as 65536, 64KiB, 32MiB or 1GiB</source>
        <translation>eine Größe in Bytes wie 65536, 64KiB, 32MiB oder 1GiB</translation>
    </message>
    <message>
        <source>HOST:PORT, such as 127.0.0.1:8787 or [::1]:8787</source>
        <translation>HOST:PORT, etwa 127.0.0.1:8787 oder [::1]:8787</translation>
    </message>
    <message>
        <source>env:NAME, keychain:NAME or file:PATH</source>
        <translation>env:NAME, keychain:NAME oder file:PFAD</translation>
    </message>
    <message>
        <source>a map with version, providers and routes</source>
        <translation>eine Abbildung mit version, providers und routes</translation>
    </message>
    <message>
        <source>expected %1, not %2</source>
        <translation>erwartet wird %1, nicht %2</translation>
    </message>
    <message>
        <source>expected %1</source>
        <translation>erwartet wird %1</translation>
    </message>
    <message>
        <source>the file would not be sound: %1</source>
        <translation>die Datei wäre nicht in Ordnung: %1</translation>
    </message>
    <message>
        <source>the file is not sound: %1</source>
        <translation>die Datei ist nicht in Ordnung: %1</translation>
    </message>
    <message>
        <source>together they would not be sound: %1</source>
        <translation>zusammen wären sie nicht in Ordnung: %1</translation>
    </message>
    <message>
        <source>%1 cannot be changed in the file&apos;s text: %2</source>
        <translation>%1 lässt sich im Text der Datei nicht ändern: %2</translation>
    </message>
    <message>
        <source>the file is larger than 1 MiB</source>
        <translation>die Datei ist größer als 1 MiB</translation>
    </message>
    <message>
        <source>with those that aliases repeat, these are more than %1 elements</source>
        <translation>mit denen, die Aliasse wiederholen, sind das mehr als %1 Elemente</translation>
    </message>
    <message>
        <source>a second document begins here; a config is one</source>
        <translation>hier beginnt ein zweites Dokument; eine Konfiguration ist eines</translation>
    </message>
    <message>
        <source>not valid YAML: %1</source>
        <translation>kein gültiges YAML: %1</translation>
    </message>
    <message>
        <source>the patch is not a JSON object</source>
        <translation>die Änderung ist kein JSON-Objekt</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is too long</source>
        <translation>„%1“ ist zu lang</translation>
    </message>
    <message>
        <source>a key must be a word</source>
        <translation>ein Schlüssel muss ein Wort sein</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is given twice</source>
        <translation>„%1“ steht zweimal da</translation>
    </message>
    <message>
        <source>&apos;%1&apos; has no value</source>
        <translation>„%1“ hat keinen Wert</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is not supported by this version of Sluice; use %2</source>
        <translation>„%1“ kann diese Version von Sluice nicht; möglich ist %2</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is not supported by this version of Sluice</source>
        <translation>„%1“ kann diese Version von Sluice nicht</translation>
    </message>
    <message>
        <source>unknown key &apos;%1&apos;; did you mean &apos;%2&apos;?</source>
        <translation>unbekannter Schlüssel „%1“; ist „%2“ gemeint?</translation>
    </message>
    <message>
        <source>unknown key &apos;%1&apos;; known here: %2</source>
        <translation>unbekannter Schlüssel „%1“; bekannt sind hier: %2</translation>
    </message>
    <message>
        <source>&apos;version: 1&apos; is missing</source>
        <translation>„version: 1“ fehlt</translation>
    </message>
    <message>
        <source>this version of Sluice reads version 1</source>
        <translation>diese Version von Sluice liest Version 1</translation>
    </message>
    <message>
        <source>only a provider of dialect %1 has this</source>
        <translation>das hat nur ein Anbieter mit dem Dialekt %1</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is not a loopback address; listening elsewhere needs client_keys. Without them use 127.0.0.1 or [::1]</source>
        <translation>„%1“ ist keine Adresse dieses Rechners allein; um anderswo zu lauschen, sind client_keys nötig. Ohne sie geht 127.0.0.1 oder [::1]</translation>
    </message>
    <message>
        <source>must be larger than 0</source>
        <translation>muss größer als 0 sein</translation>
    </message>
    <message>
        <source>must be at most %1</source>
        <translation>darf höchstens %1 sein</translation>
    </message>
    <message>
        <source>must be auto or %1</source>
        <translation>muss auto oder %1 sein</translation>
    </message>
    <message>
        <source>must be above 0 and at most %1</source>
        <translation>muss über 0 und höchstens %1 sein</translation>
    </message>
    <message>
        <source>must be a share above 0 and at most 1</source>
        <translation>muss ein Anteil über 0 und bis 1 sein</translation>
    </message>
    <message>
        <source>must be a share between 0 and 1</source>
        <translation>muss ein Anteil zwischen 0 und 1 sein</translation>
    </message>
    <message>
        <source>a client key needs a key: env:NAME, keychain:NAME or file:PATH</source>
        <translation>ein Client braucht einen Schlüssel: env:NAME, keychain:NAME oder file:PFAD</translation>
    </message>
    <message>
        <source>must be a reference, env:NAME, keychain:NAME or file:PATH, not the key itself</source>
        <translation>muss ein Verweis sein, env:NAME, keychain:NAME oder file:PFAD, nicht der Schlüssel selbst</translation>
    </message>
    <message>
        <source>two clients have this key: nobody could tell who of them asks</source>
        <translation>zwei Clients haben diesen Schlüssel: niemand könnte sagen, wer von ihnen fragt</translation>
    </message>
    <message>
        <source>must be a model&apos;s name, or a prefix that ends in &apos;*&apos;</source>
        <translation>muss der Name eines Modells sein, oder ein Anfang, der mit „*“ endet</translation>
    </message>
    <message>
        <source>a mock provider has no base_url: it is built in</source>
        <translation>ein Anbieter des Dialekts mock hat keine base_url: er ist eingebaut</translation>
    </message>
    <message>
        <source>a mock provider has no api_key</source>
        <translation>ein Anbieter des Dialekts mock hat keinen api_key</translation>
    </message>
    <message>
        <source>a mock provider needs no probe: it is built in</source>
        <translation>ein Anbieter des Dialekts mock braucht keine Probe: er ist eingebaut</translation>
    </message>
    <message>
        <source>a provider needs a base_url, such as https://api.openai.com/v1</source>
        <translation>ein Anbieter braucht eine base_url, etwa https://api.openai.com/v1</translation>
    </message>
    <message>
        <source>is where this gateway itself listens: requests would go round for ever</source>
        <translation>dort lauscht dieses Gateway selbst: Anfragen gingen für immer im Kreis</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is not of the form http(s)://host[:port][/path], with no user, query or fragment</source>
        <translation>„%1“ hat nicht die Form http(s)://host[:port][/pfad], ohne Benutzer, Abfrage oder Fragment</translation>
    </message>
    <message>
        <source>a key is not written into the config: put it into an environment variable and write env:NAME, into the keychain and write keychain:NAME, or into a file and write file:PATH</source>
        <translation>ein Schlüssel steht nicht in der Konfiguration: er gehört in eine Umgebungsvariable (hier env:NAME), in den Schlüsselbund (keychain:NAME) oder in eine Datei (file:PFAD)</translation>
    </message>
    <message>
        <source>must be the name of a header field, such as %1</source>
        <translation>muss der Name eines Kopffelds sein, etwa %1</translation>
    </message>
    <message>
        <source>has a meaning only where base_url begins with https://</source>
        <translation>hat nur einen Sinn, wo base_url mit https:// beginnt</translation>
    </message>
    <message>
        <source>must be a path below base_url, such as /models, or none</source>
        <translation>muss ein Pfad unter base_url sein, etwa /models, oder none</translation>
    </message>
    <message>
        <source>a route needs a model: a name, a prefix such as &apos;openai/*&apos;, or &apos;*&apos;</source>
        <translation>eine Route braucht ein Modell: einen Namen, einen Anfang wie „openai/*“, oder „*“</translation>
    </message>
    <message>
        <source>&apos;*&apos; may only be the last character of a model</source>
        <translation>„*“ darf nur das letzte Zeichen eines Modells sein</translation>
    </message>
    <message>
        <source>there is a route for &apos;%1&apos; already</source>
        <translation>für „%1“ gibt es schon eine Route</translation>
    </message>
    <message>
        <source>a route needs at least one target</source>
        <translation>eine Route braucht wenigstens ein Ziel</translation>
    </message>
    <message>
        <source>a route may have at most 1000 targets</source>
        <translation>eine Route darf höchstens 1000 Ziele haben</translation>
    </message>
    <message>
        <source>a target needs a provider</source>
        <translation>ein Ziel braucht einen Anbieter</translation>
    </message>
    <message>
        <source>there is no provider &apos;%1&apos;</source>
        <translation>einen Anbieter „%1“ gibt es nicht</translation>
    </message>
    <message>
        <source>at most 100 other routes</source>
        <translation>höchstens 100 andere Routen</translation>
    </message>
    <message>
        <source>a route cannot fall back to itself</source>
        <translation>eine Route kann nicht auf sich selbst ausweichen</translation>
    </message>
    <message>
        <source>there is no route for &apos;%1&apos;</source>
        <translation>für „%1“ gibt es keine Route</translation>
    </message>
    <message>
        <source>must not be shorter than %1</source>
        <translation>darf nicht kürzer als %1 sein</translation>
    </message>
    <message>
        <source>a client key needs an id</source>
        <translation>ein Client braucht eine id</translation>
    </message>
    <message>
        <source>a provider needs an id</source>
        <translation>ein Anbieter braucht eine id</translation>
    </message>
    <message>
        <source>&apos;%1&apos; may hold letters, digits, &apos;-&apos;, &apos;_&apos; and &apos;.&apos;, at most 64</source>
        <translation>„%1“ darf Buchstaben, Ziffern, „-“, „_“ und „.“ enthalten, höchstens 64</translation>
    </message>
    <message>
        <source>the id &apos;%1&apos; is used twice</source>
        <translation>die id „%1“ ist doppelt vergeben</translation>
    </message>
    <message>
        <source>has no meaning without %1</source>
        <translation>hat ohne %1 keinen Sinn</translation>
    </message>
    <message>
        <source>must be %1</source>
        <translation>muss %1 sein</translation>
    </message>
    <message>
        <source>the file is not valid YAML</source>
        <translation>die Datei ist kein gültiges YAML</translation>
    </message>
    <message>
        <source>both changed the same value</source>
        <translation>beide haben denselben Wert geändert</translation>
    </message>
    <message>
        <source>the file&apos;s text cannot be brought to say this</source>
        <translation>der Text der Datei lässt sich nicht so ändern, dass er das sagt</translation>
    </message>
    <message>
        <source>its new value is not JSON</source>
        <translation>der neue Wert ist kein JSON</translation>
    </message>
    <message>
        <source>where its value ends cannot be told; write it on one line</source>
        <translation>wo der Wert endet, ist nicht zu erkennen; schreiben Sie ihn in eine Zeile</translation>
    </message>
    <message>
        <source>it stands behind an alias; write the value itself in its place</source>
        <translation>es steht hinter einem Alias; schreiben Sie dort den Wert selbst hin</translation>
    </message>
    <message>
        <source>what it would be in is not a map</source>
        <translation>worin es stünde, ist keine Abbildung</translation>
    </message>
    <message>
        <source>what it would be in is not a list</source>
        <translation>worin es stünde, ist keine Liste</translation>
    </message>
    <message>
        <source>it is the whole file</source>
        <translation>es ist die ganze Datei</translation>
    </message>
    <message>
        <source>nothing would be left of what it is in</source>
        <translation>von dem, worin es steht, bliebe nichts übrig</translation>
    </message>
    <message>
        <source>cannot read the file: %1</source>
        <translation>die Datei ist nicht zu lesen: %1</translation>
    </message>
    <message>
        <source>there is no config file to reload: the config was not read from one</source>
        <translation>es gibt keine Datei, die neu zu lesen wäre: die Konfiguration kam aus keiner</translation>
    </message>
    <message>
        <source>the folder of %1 is read-only</source>
        <translation>der Ordner von %1 ist schreibgeschützt</translation>
    </message>
    <message>
        <source>%1 is read-only</source>
        <translation>%1 ist schreibgeschützt</translation>
    </message>
    <message>
        <source>%1 exists already</source>
        <translation>%1 gibt es schon</translation>
    </message>
    <message>
        <source>cannot make the folder of %1</source>
        <translation>der Ordner von %1 lässt sich nicht anlegen</translation>
    </message>
    <message>
        <source>cannot write %1: %2</source>
        <translation>%1 lässt sich nicht schreiben: %2</translation>
    </message>
    <message>
        <source>there is no config to start with</source>
        <translation>es gibt keine Konfiguration, mit der es losgehen könnte</translation>
    </message>
    <message>
        <source>the gateway is running already</source>
        <translation>das Gateway läuft schon</translation>
    </message>
    <message>
        <source>cannot listen on %1: the port is taken by another program</source>
        <translation>auf %1 ist nicht zu lauschen: ein anderes Programm hat den Port</translation>
    </message>
    <message>
        <source>cannot listen on %1: the port is taken by %2</source>
        <translation>auf %1 ist nicht zu lauschen: den Port hat %2</translation>
    </message>
    <message>
        <source>cannot listen on %1: %2</source>
        <translation>auf %1 ist nicht zu lauschen: %2</translation>
    </message>
    <message>
        <source>%1 (and %2 more)</source>
        <translation>%1 (und %2 weitere)</translation>
    </message>
    <message>
        <source>this line is not text in UTF-8</source>
        <translation>diese Zeile ist kein Text in UTF-8</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is not an address, such as 127.0.0.1 or [::1]</source>
        <translation>„%1“ ist keine Adresse, etwa 127.0.0.1 oder [::1]</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>draining</source>
        <translation>läuft leer</translation>
    </message>
    <message>
        <source>disabled</source>
        <translation>abgeschaltet</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Kennung</translation>
    </message>
    <message>
        <source>Dialect</source>
        <translation>Dialekt</translation>
    </message>
    <message>
        <source>Base URL</source>
        <translation>Basis-URL</translation>
    </message>
    <message>
        <source>Where the key is</source>
        <translation>Wo der Schlüssel ist</translation>
    </message>
    <message>
        <source>Certificates trusted besides</source>
        <translation>Weitere vertraute Zertifikate</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>Requests a minute</source>
        <translation>Anfragen pro Minute</translation>
    </message>
    <message>
        <source>Requests saved up</source>
        <translation>Angesparte Anfragen</translation>
    </message>
    <message>
        <source>Tokens a minute</source>
        <translation>Token pro Minute</translation>
    </message>
    <message>
        <source>Tokens saved up</source>
        <translation>Angesparte Token</translation>
    </message>
    <message>
        <source>Calls at once</source>
        <translation>Aufrufe zugleich</translation>
    </message>
    <message>
        <source>Calls that may wait</source>
        <translation>Wartende Aufrufe</translation>
    </message>
    <message>
        <source>Longest wait</source>
        <translation>Längste Wartezeit</translation>
    </message>
    <message>
        <source>Breaker</source>
        <translation>Sicherung</translation>
    </message>
    <message>
        <source>Failures in a row</source>
        <translation>Fehler in Folge</translation>
    </message>
    <message>
        <source>Error rate</source>
        <translation>Fehlerquote</translation>
    </message>
    <message>
        <source>Window of the error rate</source>
        <translation>Zeitfenster der Quote</translation>
    </message>
    <message>
        <source>Calls it takes at least</source>
        <translation>Nötige Aufrufe</translation>
    </message>
    <message>
        <source>Open for</source>
        <translation>Offen für</translation>
    </message>
    <message>
        <source>Open for at most</source>
        <translation>Offen für höchstens</translation>
    </message>
    <message>
        <source>Probes to close</source>
        <translation>Proben zum Schließen</translation>
    </message>
    <message>
        <source>Time limits</source>
        <translation>Zeitgrenzen</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Verbindung</translation>
    </message>
    <message>
        <source>Head of the answer</source>
        <translation>Kopf der Antwort</translation>
    </message>
    <message>
        <source>First byte</source>
        <translation>Erstes Byte</translation>
    </message>
    <message>
        <source>Silence in between</source>
        <translation>Stille dazwischen</translation>
    </message>
    <message>
        <source>All of it</source>
        <translation>Alles zusammen</translation>
    </message>
    <message>
        <source>Built-in provider</source>
        <translation>Eingebauter Anbieter</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Latenz</translation>
    </message>
    <message>
        <source>More or less</source>
        <translation>Mehr oder weniger</translation>
    </message>
    <message>
        <source>Tokens a second</source>
        <translation>Token pro Sekunde</translation>
    </message>
    <message>
        <source>Tokens of an answer</source>
        <translation>Token einer Antwort</translation>
    </message>
    <message>
        <source>Share that fails</source>
        <translation>Anteil, der fehlschlägt</translation>
    </message>
    <message>
        <source>Status of failures</source>
        <translation>Status der Fehler</translation>
    </message>
</context>
<context>
    <name>Shortcuts</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>What they do</source>
        <translation>Was sie tun</translation>
    </message>
    <message>
        <source>In a plot</source>
        <translation>In einem Diagramm</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>pauses, and returns to live</source>
        <translation>hält an, und kehrt zur Gegenwart zurück</translation>
    </message>
    <message>
        <source>returns to live and to the whole view</source>
        <translation>kehrt zur Gegenwart und zur ganzen Ansicht zurück</translation>
    </message>
    <message>
        <source>moves in time</source>
        <translation>bewegt in der Zeit</translation>
    </message>
    <message>
        <source>zooms</source>
        <translation>vergrößert und verkleinert</translation>
    </message>
    <message>
        <source>On a provider&apos;s card</source>
        <translation>Auf der Karte eines Anbieters</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>shows the provider at length</source>
        <translation>zeigt den Anbieter ausführlich</translation>
    </message>
    <message>
        <source>opens the menu of what can be done to it</source>
        <translation>öffnet das Menü dessen, was mit ihm getan werden kann</translation>
    </message>
    <message>
        <source>Home, R</source>
        <translation>Pos1, R</translation>
    </message>
    <message>
        <source>Ctrl+← Ctrl+→</source>
        <translation>Strg+← Strg+→</translation>
    </message>
    <message>
        <source>moves the crosshair; what is there is read below the plots</source>
        <translation>bewegt das Fadenkreuz; was dort ist, steht unter den Diagrammen</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>takes the crosshair away</source>
        <translation>nimmt das Fadenkreuz weg</translation>
    </message>
</context>
<context>
    <name>States</name>
    <message>
        <source>CLOSED</source>
        <translation>GESCHLOSSEN</translation>
    </message>
    <message>
        <source>HALF-OPEN</source>
        <translation>HALB OFFEN</translation>
    </message>
    <message>
        <source>OPEN</source>
        <translation>OFFEN</translation>
    </message>
    <message>
        <source>FORCED OPEN</source>
        <translation>FEST OFFEN</translation>
    </message>
    <message>
        <source>FORCED CLOSED</source>
        <translation>FEST GESCHLOSSEN</translation>
    </message>
    <message>
        <source>COOLING DOWN</source>
        <translation>SCHONZEIT</translation>
    </message>
    <message>
        <source>DRAINING</source>
        <translation>LÄUFT AUS</translation>
    </message>
    <message>
        <source>DISABLED</source>
        <translation>ABGESCHALTET</translation>
    </message>
    <message>
        <source>NOT READY</source>
        <translation>NICHT BEREIT</translation>
    </message>
    <message>
        <source>NO DATA</source>
        <translation>KEINE DATEN</translation>
    </message>
    <message>
        <source>%1 of %2 failures in a row</source>
        <translation>%1 von %2 Fehlern in Folge</translation>
    </message>
    <message>
        <source>%1 of %2 probes ok</source>
        <translation>%1 von %2 Proben gut</translation>
    </message>
    <message>
        <source>rate limited, asked again in %1 s</source>
        <translation>am Limit, wieder gefragt in %1 s</translation>
    </message>
    <message>
        <source>our key was refused, next try in %1 s</source>
        <translation>unser Schlüssel abgelehnt, nächster Versuch in %1 s</translation>
    </message>
    <message>
        <source>next try in %1 s</source>
        <translation>nächster Versuch in %1 s</translation>
    </message>
    <message>
        <source>%1 finishing</source>
        <translation>%1 laufen noch</translation>
    </message>
    <message>
        <source>breaker open</source>
        <translation>Sicherung offen</translation>
    </message>
    <message>
        <source>half-open</source>
        <translation>halb offen</translation>
    </message>
    <message>
        <source>probe fails</source>
        <translation>Probe schlägt fehl</translation>
    </message>
    <message>
        <source>rate limited</source>
        <translation>am Limit</translation>
    </message>
    <message>
        <source>%1 % fail</source>
        <translation>%1 % schlagen fehl</translation>
    </message>
    <message>
        <source>p99 %1 × as usual</source>
        <translation>p99 %1 × wie sonst</translation>
    </message>
    <message>
        <source>health – (%1 of 20 calls in 30 s)</source>
        <translation>Gesundheit – (%1 von 20 Aufrufen in 30 s)</translation>
    </message>
    <message>
        <source>healthy, %1</source>
        <translation>gesund, %1</translation>
    </message>
    <message>
        <source>degraded, %1</source>
        <translation>angeschlagen, %1</translation>
    </message>
    <message>
        <source>failing, %1</source>
        <translation>versagt, %1</translation>
    </message>
</context>
<context>
    <name>sluice::ui::BreakerMeter</name>
    <message>
        <source>Breaker</source>
        <translation>Sicherung</translation>
    </message>
    <message>
        <source>failures in a row</source>
        <translation>Fehler in Folge</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>failed in %1</source>
        <translation>gescheitert in %1</translation>
    </message>
    <message>
        <source>%1 of %2, opens at %3 %</source>
        <translation>%1 von %2, öffnet bei %3 %</translation>
    </message>
    <message>
        <source>%1 of %2 calls needed</source>
        <translation>%1 von %2 nötigen Aufrufen</translation>
    </message>
</context>
<context>
    <name>sluice::ui::ConfigEdits</name>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Undo %1</source>
        <translation>&amp;Rückgängig: %1</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Redo %1</source>
        <translation>&amp;Wiederholen: %1</translation>
    </message>
</context>
<context>
    <name>sluice::ui::ConfigPage</name>
    <message>
        <source>&amp;Apply and save</source>
        <translation>Anwenden und &amp;speichern</translation>
    </message>
    <message>
        <source>&amp;Restore this revision</source>
        <translation>Diesen Stand &amp;wiederherstellen</translation>
    </message>
    <message>
        <source>Config as YAML</source>
        <translation>Konfiguration als YAML</translation>
    </message>
    <message>
        <source>Add &amp;provider…</source>
        <translation>Anbieter hinzu&amp;fügen…</translation>
    </message>
    <message>
        <source>Forms</source>
        <translation>Formulare</translation>
    </message>
    <message>
        <source>Edit a provider or route as a form</source>
        <translation>Anbieter oder Route im Formular bearbeiten</translation>
    </message>
    <message>
        <source>What applying would change</source>
        <translation>Was das Anwenden ändern würde</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>Änderungen</translation>
    </message>
    <message>
        <source>Revisions, newest first</source>
        <translation>Frühere Stände, neueste zuerst</translation>
    </message>
    <message>
        <source>What restoring would change</source>
        <translation>Was das Wiederherstellen ändern würde</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Add a route…</source>
        <translation>Route hinzufügen…</translation>
    </message>
    <message>
        <source>Providers</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>Routes</source>
        <translation>Routen</translation>
    </message>
    <message>
        <source>✗ Line %1: %2</source>
        <translation>✗ Zeile %1: %2</translation>
    </message>
    <message>
        <source> (and %1 more)</source>
        <translation> (und %1 weitere)</translation>
    </message>
    <message>
        <source>✓ Sound. Nothing is in force before it is applied.</source>
        <translation>✓ In Ordnung. Es gilt erst, wenn es angewendet ist.</translation>
    </message>
    <message>
        <source>✓ This is in force.</source>
        <translation>✓ So gilt es.</translation>
    </message>
    <message>
        <source>The text is what is in force.</source>
        <translation>Der Text ist der geltende.</translation>
    </message>
    <message>
        <source>This revision is in force.</source>
        <translation>Dieser Stand gilt.</translation>
    </message>
    <message>
        <source>Choose a revision above.</source>
        <translation>Oben einen Stand wählen.</translation>
    </message>
    <message>
        <source>Show &amp;what changed</source>
        <translation>Änderung &amp;zeigen</translation>
    </message>
    <message>
        <source>Take &amp;it into this text</source>
        <translation>In diesen Text &amp;übernehmen</translation>
    </message>
    <message>
        <source>Rever&amp;t</source>
        <translation>&amp;Verwerfen</translation>
    </message>
    <message>
        <source>Make a &amp;config file</source>
        <translation>Als Datei anle&amp;gen</translation>
    </message>
    <message>
        <source>Puts back the text that is in force. Ctrl+Z in the text undoes that.</source>
        <translation>Stellt den geltenden Text wieder her. Strg+Z im Text macht das rückgängig.</translation>
    </message>
    <message>
        <source>⚠ The config in force changed while you were typing. Applying this text would take that change back.</source>
        <translation>⚠ Die geltende Konfiguration hat sich beim Tippen geändert. Diesen Text anzuwenden nähme die Änderung zurück.</translation>
    </message>
    <message>
        <source>Both changed the same lines.</source>
        <translation>Beide haben dieselben Zeilen geändert.</translation>
    </message>
    <message>
        <source>Changed meanwhile</source>
        <translation>Inzwischen geändert</translation>
    </message>
</context>
<context>
    <name>sluice::ui::ConnectPage</name>
    <message>
        <source>Send &amp;test request</source>
        <translation>&amp;Testanfrage senden</translation>
    </message>
    <message>
        <source>&amp;Play 60-second tour</source>
        <translation>60-Sekunden-&amp;Rundgang</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>&lt;b&gt;DEMO&lt;/b&gt;: answers come from the built-in mock providers; nothing leaves this machine and no key is needed.</source>
        <translation>&lt;b&gt;DEMO&lt;/b&gt;: Die Antworten kommen von eingebauten Scheinanbietern; nichts verlässt diesen Rechner, und kein Schlüssel ist nötig.</translation>
    </message>
    <message>
        <source>&amp;Add a provider…</source>
        <translation>Anbieter hinzu&amp;fügen…</translation>
    </message>
    <message>
        <source>SDK</source>
        <translation>SDK</translation>
    </message>
    <message>
        <source>Language or shell</source>
        <translation>Sprache oder Shell</translation>
    </message>
    <message>
        <source>Text to paste</source>
        <translation>Text zum Einfügen</translation>
    </message>
    <message>
        <source>Copy this text</source>
        <translation>Diesen Text kopieren</translation>
    </message>
    <message>
        <source>Point a client here</source>
        <translation>Einen Client hierher richten</translation>
    </message>
    <message>
        <source>Shows traffic, a breaker that opens and how it recovers, on a built-in provider. It changes nothing.</source>
        <translation>Zeigt Verkehr, eine Sicherung, die auslöst, und wie sie sich erholt, an einem eingebauten Anbieter. Es ändert nichts.</translation>
    </message>
    <message>
        <source>Goes to a built-in provider: it costs nothing.</source>
        <translation>Geht an einen eingebauten Anbieter: kostet nichts.</translation>
    </message>
    <message>
        <source>Goes to a real provider: it may cost money.</source>
        <translation>Geht an einen echten Anbieter: kann Geld kosten.</translation>
    </message>
    <message>
        <source>Base URL &lt;b&gt;%1&lt;/b&gt;, model &lt;b&gt;%2&lt;/b&gt;.</source>
        <translation>Basis-URL &lt;b&gt;%1&lt;/b&gt;, Modell &lt;b&gt;%2&lt;/b&gt;.</translation>
    </message>
    <message>
        <source>Put one of the client keys where it says &lt;b&gt;sluice&lt;/b&gt;.</source>
        <translation>Statt &lt;b&gt;sluice&lt;/b&gt; ist einer der Client-Schlüssel einzusetzen.</translation>
    </message>
    <message>
        <source>Any API key will do.</source>
        <translation>Jeder API-Schlüssel ist recht.</translation>
    </message>
    <message>
        <source>■ The gateway is stopped. Start it above.</source>
        <translation>■ Das Gateway steht. Oben lässt es sich starten.</translation>
    </message>
    <message>
        <source>◌ Listening on %1, nothing yet.</source>
        <translation>◌ Lauscht auf %1, noch kam nichts.</translation>
    </message>
    <message>
        <source>✓ Requests that have come: %1. Answered well: %2.</source>
        <translation>✓ Anfragen bisher: %1. Gut beantwortet: %2.</translation>
    </message>
    <message>
        <source>Asking for %1…</source>
        <translation>Frage nach %1…</translation>
    </message>
    <message>
        <source>✓ %1 answered in %2: “%3”</source>
        <translation>✓ %1 antwortete in %2: „%3“</translation>
    </message>
    <message>
        <source>✗ %1: %2</source>
        <translation>✗ %1: %2</translation>
    </message>
    <message>
        <source>✗ %1</source>
        <translation>✗ %1</translation>
    </message>
    <message>
        <source>The tour needs a route to providers of dialect mock alone.</source>
        <translation>Die Tour braucht eine Route, die nur zu Anbietern des Dialekts mock führt.</translation>
    </message>
    <message>
        <source>✗ No test request and no tour: who asks needs a client key, and none that may ask here can be read. See server.client_keys.</source>
        <translation>✗ Keine Testanfrage und keine Tour: Wer fragt, braucht einen Client-Schlüssel, und keiner, der hier fragen darf, ist lesbar. Siehe server.client_keys.</translation>
    </message>
    <message>
        <source>✗ No tour: no client key that may ask a built-in provider can be read. See server.client_keys.</source>
        <translation>✗ Keine Tour: Kein Client-Schlüssel, der einen eingebauten Anbieter fragen darf, ist lesbar. Siehe server.client_keys.</translation>
    </message>
    <message>
        <source>✗ No test request: no client key that may ask for %1 can be read. See server.client_keys.</source>
        <translation>✗ Keine Testanfrage: Kein Client-Schlüssel, der nach %1 fragen darf, ist lesbar. Siehe server.client_keys.</translation>
    </message>
</context>
<context>
    <name>sluice::ui::DiagnosticsPage</name>
    <message>
        <source>Loops</source>
        <translation>Schleifen</translation>
    </message>
    <message>
        <source>Locks</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Config revision %1 · %2 loops · %3 client connections · memory %4
Kept answers: %5 in %6, %7 hits, %8 misses, %9 evictions</source>
        <translation>Konfigurationsstand %1 · %2 Schleifen · %3 Client-Verbindungen · Speicher %4
Aufbewahrte Antworten: %5 in %6, %7 Treffer, %8 Fehlschläge, %9 verdrängt</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
</context>
<context>
    <name>sluice::ui::EnginePlot</name>
    <message>
        <source>Lag, ms</source>
        <translation>Verzug, ms</translation>
    </message>
    <message>
        <source>Client connections</source>
        <translation>Verbindungen von Clients</translation>
    </message>
    <message>
        <source>Waiting for a limit</source>
        <translation>Warten auf eine Grenze</translation>
    </message>
    <message>
        <source>Memory, MiB</source>
        <translation>Speicher, MiB</translation>
    </message>
    <message>
        <source>How late the slowest loop was, of all that move requests.</source>
        <translation>Wie spät die langsamste der Schleifen dran war, die Anfragen bewegen.</translation>
    </message>
    <message>
        <source>%1 MiB</source>
        <translation>%1 MiB</translation>
    </message>
    <message>
        <source>lag up to %1</source>
        <translation>Verzug bis %1</translation>
    </message>
    <message>
        <source>client connections: %1</source>
        <translation>Verbindungen von Clients: %1</translation>
    </message>
    <message>
        <source>waiting for a limit: %1</source>
        <translation>Warten auf eine Grenze: %1</translation>
    </message>
    <message>
        <source>memory %1</source>
        <translation>Speicher %1</translation>
    </message>
</context>
<context>
    <name>sluice::ui::EventsDock</name>
    <message>
        <source>Events</source>
        <translation>Ereignisse</translation>
    </message>
    <message>
        <source>Events, newest first</source>
        <translation>Ereignisse, neueste zuerst</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Filter the events</source>
        <translation>Ereignisse filtern</translation>
    </message>
    <message>
        <source>Only events that have all of these words are shown. Escape shows all.</source>
        <translation>Nur Ereignisse, in denen alle diese Wörter stehen. Escape zeigt alle.</translation>
    </message>
    <message>
        <source>Show all events</source>
        <translation>Alle Ereignisse zeigen</translation>
    </message>
    <message>
        <source>Nothing has happened yet</source>
        <translation>Noch ist nichts geschehen</translation>
    </message>
    <message>
        <source>No event has all of these words: %1</source>
        <translation>In keinem Ereignis stehen alle diese Wörter: %1</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
</context>
<context>
    <name>sluice::ui::FailurePlot</name>
    <message>
        <source>Above the line: attempts that failed at a provider. Below it: requests that this gateway refused.</source>
        <translation>Über der Linie: Versuche, die bei einem Anbieter scheiterten. Darunter: Anfragen, die dieses Gateway abwies.</translation>
    </message>
    <message>
        <source>failed: </source>
        <translation>gescheitert: </translation>
    </message>
    <message>
        <source>refused: </source>
        <translation>abgewiesen: </translation>
    </message>
    <message>
        <source>Failed attempts, refusals /s</source>
        <translation>Gescheitert, abgewiesen /s</translation>
    </message>
    <message>
        <source>↑ failed</source>
        <translation>↑ gescheitert</translation>
    </message>
    <message>
        <source>↓ refused</source>
        <translation>↓ abgewiesen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgewiesen</translation>
    </message>
</context>
<context>
    <name>sluice::ui::HeatPlot</name>
    <message>
        <source>Latency of whole attempts</source>
        <translation>Latenz ganzer Versuche</translation>
    </message>
    <message>
        <source>%1 ended in %2</source>
        <translation>%1 endeten in %2</translation>
    </message>
    <message>
        <source>, %1 of them took %2 to %3</source>
        <translation>, %1 davon brauchten %2 bis %3</translation>
    </message>
    <message>
        <source>few</source>
        <translation>wenige</translation>
    </message>
    <message>
        <source>many</source>
        <translation>viele</translation>
    </message>
</context>
<context>
    <name>sluice::ui::LanePlot</name>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Further providers</source>
        <translation>Weitere Anbieter</translation>
    </message>
    <message>
        <source>%1: no data</source>
        <translation>%1: keine Daten</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source> · %1 passed over</source>
        <translation> · %1 übergangen</translation>
    </message>
</context>
<context>
    <name>sluice::ui::LatencyPlot</name>
    <message>
        <source>Latency</source>
        <translation>Latenz</translation>
    </message>
    <message>
        <source>Whole attempts, of the half minute before each moment. A gap: fewer than %1 ended.</source>
        <translation>Ganze Versuche der halben Minute vor jedem Zeitpunkt. Lücke: weniger als %1 endeten.</translation>
    </message>
    <message>
        <source>latency of %1 calls only</source>
        <translation>Latenz von nur %1 Aufrufen</translation>
    </message>
    <message>
        <source>p50 %1, p95 %2, p99 %3 (n = %4)</source>
        <translation>p50 %1, p95 %2, p99 %3 (n = %4)</translation>
    </message>
</context>
<context>
    <name>sluice::ui::LevelPlot</name>
    <message>
        <source>Requests left</source>
        <translation>Anfragen übrig</translation>
    </message>
    <message>
        <source>Tokens left</source>
        <translation>Token übrig</translation>
    </message>
    <message>
        <source>level</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>capacity</source>
        <translation>Fassung</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgewiesen</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>%1 %2 left</source>
        <translation>%1 %2 übrig</translation>
    </message>
    <message>
        <source>requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
</context>
<context>
    <name>sluice::ui::LimitRow</name>
    <message>
        <source>%1, slider</source>
        <translation>%1, Regler</translation>
    </message>
    <message>
        <source>Reset %1 to its default</source>
        <translation>%1 auf die Voreinstellung zurücksetzen</translation>
    </message>
    <message>
        <source>Off: no limit</source>
        <translation>Aus: keine Grenze</translation>
    </message>
    <message>
        <source>default %1%2</source>
        <translation>Standard %1%2</translation>
    </message>
    <message>
        <source>default off</source>
        <translation>Standard aus</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
</context>
<context>
    <name>sluice::ui::LimitsDock</name>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>Provider, route or client whose limits are shown</source>
        <translation>Anbieter, Route oder Client, dessen Grenzen gezeigt werden</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>this session</source>
        <translation>Sitzung</translation>
    </message>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>not written yet</source>
        <translation>noch nicht geschrieben</translation>
    </message>
    <message>
        <source>Nothing can be changed here: %1.</source>
        <translation>Hier lässt sich nichts ändern: %1.</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
</context>
<context>
    <name>sluice::ui::LivePlot</name>
    <message>
        <source>Save plot</source>
        <translation>Diagramm speichern</translation>
    </message>
    <message>
        <source>Copy image</source>
        <translation>Bild kopieren</translation>
    </message>
    <message>
        <source>Copy values as CSV</source>
        <translation>Werte als CSV kopieren</translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation>Als PNG speichern…</translation>
    </message>
    <message>
        <source>Save as SVG…</source>
        <translation>Als SVG speichern…</translation>
    </message>
    <message>
        <source>Save values as CSV…</source>
        <translation>Werte als CSV speichern…</translation>
    </message>
    <message>
        <source>Pause	Space</source>
        <translation>Anhalten	Leertaste</translation>
    </message>
    <message>
        <source>Return to live	Space</source>
        <translation>Zurück zum Jetzt	Leertaste</translation>
    </message>
    <message>
        <source>Reset view	Home</source>
        <translation>Ansicht zurücksetzen	Pos1</translation>
    </message>
    <message>
        <source>Cannot write %1: is the folder there, and may you write to it?</source>
        <translation>%1 lässt sich nicht schreiben: Gibt es den Ordner, und darf dort geschrieben werden?</translation>
    </message>
    <message>
        <source>Save as PDF…</source>
        <translation>Als PDF speichern…</translation>
    </message>
</context>
<context>
    <name>sluice::ui::LockModel</name>
    <message>
        <source>%1 (%2 %)</source>
        <translation>%1 (%2 %)</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperre</translation>
    </message>
    <message>
        <source>Taken</source>
        <translation>Genommen</translation>
    </message>
    <message>
        <source>Waited for</source>
        <translation>Gewartet</translation>
    </message>
    <message>
        <source>Time waited</source>
        <translation>Wartezeit</translation>
    </message>
</context>
<context>
    <name>sluice::ui::MainWindow</name>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Reload config</source>
        <translation>Konfiguration &amp;neu lesen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>Follow the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Reset &amp;layout</source>
        <translation>A&amp;nordnung zurücksetzen</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>&amp;About Sluice</source>
        <translation>Ü&amp;ber Sluice</translation>
    </message>
    <message>
        <source>About Sluice</source>
        <translation>Über Sluice</translation>
    </message>
    <message>
        <source>Sluice %1
A gateway for LLM traffic on your own machine.

Free software under the GNU GPL, version 3 or later.</source>
        <translation>Sluice %1
Ein Gateway für LLM-Verkehr auf dem eigenen Rechner.

Freie Software unter der GNU GPL, Version 3 oder neuer.</translation>
    </message>
    <message>
        <source>A breaker opened</source>
        <translation>Eine Sicherung hat ausgelöst</translation>
    </message>
    <message>
        <source>%1 · revision %2</source>
        <translation>%1 · Stand %2</translation>
    </message>
    <message>
        <source>built-in demo config</source>
        <translation>eingebaute Demo-Konfiguration</translation>
    </message>
    <message>
        <source>The config file was refused; the last good one serves on.</source>
        <translation>Die Konfigurationsdatei wurde abgelehnt; die letzte gute gilt weiter.</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
    <message>
        <source>Stop the gateway</source>
        <translation>Gateway anhalten</translation>
    </message>
    <message numerus="yes">
        <source>%n request(s) under way. They have %1 s to end; what has not ended by then is cut off, and its client told.</source>
        <translation>
            <numerusform>%n Anfrage läuft. Sie hat %1 s, um zu enden; danach wird sie abgebrochen, und ihr Client erfährt es.</numerusform>
            <numerusform>%n Anfragen laufen. Sie haben %1 s, um zu enden; was dann noch läuft, wird abgebrochen, und sein Client erfährt es.</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
</context>
<context>
    <name>sluice::ui::OverviewPage</name>
    <message>
        <source>requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>p95 latency</source>
        <translation>p95-Latenz</translation>
    </message>
    <message>
        <source>in flight</source>
        <translation>unterwegs</translation>
    </message>
    <message>
        <source>refused by us</source>
        <translation>abgewiesen</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Freeze order</source>
        <translation>Reihenfolge festhalten</translation>
    </message>
    <message>
        <source>The config names no providers yet.</source>
        <translation>Die Konfiguration nennt noch keine Anbieter.</translation>
    </message>
    <message>
        <source>Requests /s</source>
        <translation>Anfragen /s</translation>
    </message>
    <message>
        <source>The order also holds still while the pointer is over the cards.</source>
        <translation>Die Reihenfolge hält auch still, solange der Zeiger über den Karten steht.</translation>
    </message>
    <message>
        <source>Providers</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>worst first</source>
        <translation>schlechteste zuerst</translation>
    </message>
    <message>
        <source>%1 /s</source>
        <translation>%1 /s</translation>
    </message>
    <message>
        <source>%1 in all</source>
        <translation>%1 insgesamt</translation>
    </message>
    <message>
        <source>none ended</source>
        <translation>keine endete</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>TTFT %1</source>
        <translation>TTFT %1</translation>
    </message>
    <message>
        <source>TTFT –</source>
        <translation>TTFT –</translation>
    </message>
    <message>
        <source>%1 waiting</source>
        <translation>%1 warten</translation>
    </message>
    <message>
        <source>%1 /min</source>
        <translation>%1 /min</translation>
    </message>
    <message>
        <source>as reported</source>
        <translation>wie gemeldet</translation>
    </message>
    <message>
        <source>failed, 30 s</source>
        <translation>gescheitert, 30 s</translation>
    </message>
    <message>
        <source>Of the requests that ended in 30 s (%1), 95 % were quicker. TTFT: the same for the first byte of their answers (%2).</source>
        <translation>Von den Anfragen, die in 30 s endeten (%1), waren 95 % schneller. TTFT: dasselbe für das erste Byte ihrer Antworten (%2).</translation>
    </message>
</context>
<context>
    <name>sluice::ui::ProviderActions</name>
    <message>
        <source>&amp;Trip breaker</source>
        <translation>Sicherung &amp;auslösen</translation>
    </message>
    <message>
        <source>Opens it as failures would; it recovers by itself.</source>
        <translation>Öffnet sie wie bei Fehlern; sie erholt sich von selbst.</translation>
    </message>
    <message>
        <source>&amp;Reset breaker</source>
        <translation>Sicherung &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>Closes it and ends a cool-down; nothing is carried over.</source>
        <translation>Schließt sie und beendet eine Schonzeit; nichts bleibt davon.</translation>
    </message>
    <message>
        <source>Force &amp;open</source>
        <translation>&amp;Offen halten</translation>
    </message>
    <message>
        <source>Holds it open until it is reset: nothing passes.</source>
        <translation>Hält sie offen, bis sie zurückgesetzt wird: Nichts geht durch.</translation>
    </message>
    <message>
        <source>Force &amp;closed</source>
        <translation>&amp;Geschlossen halten</translation>
    </message>
    <message>
        <source>Holds it closed until it is reset, whatever fails.</source>
        <translation>Hält sie geschlossen, bis sie zurückgesetzt wird, was auch scheitert.</translation>
    </message>
    <message>
        <source>Take re&amp;quests</source>
        <translation>Anfragen an&amp;nehmen</translation>
    </message>
    <message>
        <source>Puts it back into use.</source>
        <translation>Nimmt ihn wieder in Betrieb.</translation>
    </message>
    <message>
        <source>&amp;Drain</source>
        <translation>Aus&amp;laufen</translation>
    </message>
    <message>
        <source>No new requests; those under way end.</source>
        <translation>Keine neuen Anfragen; laufende enden.</translation>
    </message>
    <message>
        <source>D&amp;isable</source>
        <translation>A&amp;bschalten</translation>
    </message>
    <message>
        <source>Switched off until it is put back.</source>
        <translation>Abgeschaltet, bis er zurückgeholt wird.</translation>
    </message>
</context>
<context>
    <name>sluice::ui::ProviderCard</name>
    <message>
        <source>Provider %1</source>
        <translation>Anbieter %1</translation>
    </message>
    <message>
        <source>What can be done to this provider</source>
        <translation>Was mit diesem Anbieter getan werden kann</translation>
    </message>
    <message>
        <source>Actions on %1</source>
        <translation>Aktionen für %1</translation>
    </message>
    <message>
        <source>%1 req/s</source>
        <translation>%1 Anfr./s</translation>
    </message>
    <message>
        <source>– req/s</source>
        <translation>– Anfr./s</translation>
    </message>
    <message>
        <source>%1 in flight</source>
        <translation>%1 unterwegs</translation>
    </message>
    <message>
        <source> · %1 waiting</source>
        <translation> · %1 warten</translation>
    </message>
    <message>
        <source>errors –</source>
        <translation>Fehler –</translation>
    </message>
    <message>
        <source>errors %1 % (%2/%3)</source>
        <translation>Fehler %1 % (%2/%3)</translation>
    </message>
    <message>
        <source>first byte –</source>
        <translation>erstes Byte –</translation>
    </message>
    <message>
        <source>DEMO</source>
        <translation>DEMO</translation>
    </message>
    <message>
        <source>req</source>
        <translation>Anfr.</translation>
    </message>
    <message>
        <source>tok</source>
        <translation>Tok.</translation>
    </message>
    <message>
        <source>no limits</source>
        <translation>keine Grenzen</translation>
    </message>
    <message>
        <source>first byte p50 %1  (n = %2)</source>
        <translation>1. Byte p50 %1  (n = %2)</translation>
    </message>
    <message>
        <source>first byte p50 %1  p95 %2</source>
        <translation>1. Byte p50 %1  p95 %2</translation>
    </message>
</context>
<context>
    <name>sluice::ui::ProviderDialog</name>
    <message>
        <source>Mock: built in, for trying out</source>
        <translation>Scheinanbieter: eingebaut, zum Ausprobieren</translation>
    </message>
    <message>
        <source>&amp;Test connection</source>
        <translation>Verbindung &amp;testen</translation>
    </message>
    <message>
        <source>Add a provider</source>
        <translation>Anbieter hinzufügen</translation>
    </message>
    <message>
        <source>Provider %1</source>
        <translation>Anbieter %1</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>Dienst</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Kennung</translation>
    </message>
    <message>
        <source>Dialect</source>
        <translation>Dialekt</translation>
    </message>
    <message>
        <source>Base URL</source>
        <translation>Basis-URL</translation>
    </message>
    <message>
        <source>Where the key is</source>
        <translation>Wo der Schlüssel ist</translation>
    </message>
    <message>
        <source>Name of the key</source>
        <translation>Name des Schlüssels</translation>
    </message>
    <message>
        <source>Also make a route</source>
        <translation>Auch eine Route anlegen</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>Was nicht stimmt</translation>
    </message>
    <message>
        <source>Result of the test</source>
        <translation>Ergebnis des Tests</translation>
    </message>
    <message>
        <source>Test the connection</source>
        <translation>Die Verbindung testen</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>Von Hand</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>environment variable</source>
        <translation>Umgebungsvariable</translation>
    </message>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>keychain of the desktop</source>
        <translation>Schlüsselbund der Arbeitsumgebung</translation>
    </message>
    <message>
        <source>The key itself, for the keychain</source>
        <translation>Der Schlüssel selbst, für den Schlüsselbund</translation>
    </message>
    <message>
        <source>&amp;Service</source>
        <translation>&amp;Dienst</translation>
    </message>
    <message>
        <source>&amp;Id</source>
        <translation>&amp;Kennung</translation>
    </message>
    <message>
        <source>&amp;Dialect</source>
        <translation>D&amp;ialekt</translation>
    </message>
    <message>
        <source>&amp;Base URL</source>
        <translation>&amp;Basis-URL</translation>
    </message>
    <message>
        <source>&amp;Key</source>
        <translation>&amp;Schlüssel</translation>
    </message>
    <message>
        <source>Key i&amp;tself</source>
        <translation>Schlüssel s&amp;elbst</translation>
    </message>
    <message>
        <source>The key itself is never written into the config, only where it is.</source>
        <translation>Der Schlüssel selbst kommt nie in die Konfiguration, nur wo er ist.</translation>
    </message>
    <message>
        <source>Asks for the list of models, which is free with the services known here; with others it may cost money.</source>
        <translation>Fragt nach der Liste der Modelle; bei den hier bekannten Diensten ist das frei, bei anderen kann es Geld kosten.</translation>
    </message>
    <message>
        <source>&amp;Add</source>
        <translation>&amp;Hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>S&amp;peichern</translation>
    </message>
    <message>
        <source>empty: what the keychain has already</source>
        <translation>leer: was der Schlüsselbund schon hat</translation>
    </message>
    <message>
        <source>only for the keychain</source>
        <translation>nur für den Schlüsselbund</translation>
    </message>
    <message>
        <source>Also make a route: clients ask for “%1/MODEL”</source>
        <translation>Auch eine Route anlegen: Clients fragen nach „%1/MODELL“</translation>
    </message>
    <message>
        <source>ID</source>
        <translation>KENNUNG</translation>
    </message>
    <message>
        <source>The name under which the keychain has the key is missing.</source>
        <translation>Der Name, unter dem der Schlüsselbund den Schlüssel hat, fehlt.</translation>
    </message>
    <message>
        <source>The name of the environment variable is missing.</source>
        <translation>Der Name der Umgebungsvariablen fehlt.</translation>
    </message>
    <message>
        <source>This is not the name of an environment variable. The key itself is never written into the config: put it into a variable.</source>
        <translation>Das ist nicht der Name einer Umgebungsvariablen. Der Schlüssel selbst kommt nie in die Konfiguration: Er gehört in eine Variable.</translation>
    </message>
    <message>
        <source>A provider needs an id.</source>
        <translation>Ein Anbieter braucht eine Kennung.</translation>
    </message>
    <message>
        <source>There is a provider “%1” already.</source>
        <translation>Es gibt schon einen Anbieter „%1“.</translation>
    </message>
    <message>
        <source>✗ The environment variable %1 is not set.</source>
        <translation>✗ Die Umgebungsvariable %1 ist nicht gesetzt.</translation>
    </message>
    <message>
        <source>✗ For the test, the key itself is needed here.</source>
        <translation>✗ Für den Test wird hier der Schlüssel selbst gebraucht.</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Frage…</translation>
    </message>
    <message numerus="yes">
        <source>✓ It answers, with %n model(s).</source>
        <translation>
            <numerusform>✓ Er antwortet, mit %n Modell.</numerusform>
            <numerusform>✓ Er antwortet, mit %n Modellen.</numerusform>
        </translation>
    </message>
    <message>
        <source>✗ It answers, but refuses the key (%1).</source>
        <translation>✗ Er antwortet, lehnt aber den Schlüssel ab (%1).</translation>
    </message>
    <message>
        <source>✗ It answers %1 to %2.</source>
        <translation>✗ Er antwortet %1 auf %2.</translation>
    </message>
    <message>
        <source>✗ It does not answer: %1</source>
        <translation>✗ Er antwortet nicht: %1</translation>
    </message>
</context>
<context>
    <name>sluice::ui::ProviderTable</name>
    <message>
        <source>%1 of %2 in 30 s</source>
        <translation>%1 von %2 in 30 s</translation>
    </message>
    <message>
        <source>95 % of first bytes came sooner, over 30 s</source>
        <translation>95 % der ersten Bytes kamen früher, über 30 s</translation>
    </message>
    <message>
        <source>left in the bucket of requests</source>
        <translation>im Anfragenvorrat übrig</translation>
    </message>
    <message>
        <source>left in the bucket of tokens</source>
        <translation>im Tokenvorrat übrig</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>req/s</source>
        <translation>Anfr./s</translation>
    </message>
    <message>
        <source>errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>req left</source>
        <translation>Anfr. übrig</translation>
    </message>
    <message>
        <source>tok left</source>
        <translation>Tok. übrig</translation>
    </message>
    <message>
        <source>in fl.</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>TTFT p95</source>
        <translation>TTFT p95</translation>
    </message>
</context>
<context>
    <name>sluice::ui::ProvidersPage</name>
    <message>
        <source>Requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Calls at once</source>
        <translation>Zugleich</translation>
    </message>
    <message>
        <source>Share of attempts, %</source>
        <translation>Anteil der Versuche, %</translation>
    </message>
    <message>
        <source>Providers</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>&amp;Trip</source>
        <translation>A&amp;uslösen</translation>
    </message>
    <message>
        <source>Opens the breaker as failures would; it recovers by itself.</source>
        <translation>Öffnet die Sicherung wie bei Fehlern; sie erholt sich von selbst.</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>Closes the breaker and ends a cool-down; nothing is carried over.</source>
        <translation>Schließt die Sicherung und beendet eine Schonzeit; nichts bleibt davon.</translation>
    </message>
    <message>
        <source>Force &amp;open</source>
        <translation>&amp;Offen halten</translation>
    </message>
    <message>
        <source>Holds it open until it is reset: nothing passes.</source>
        <translation>Hält sie offen, bis sie zurückgesetzt wird: Nichts geht durch.</translation>
    </message>
    <message>
        <source>Force &amp;closed</source>
        <translation>&amp;Geschlossen halten</translation>
    </message>
    <message>
        <source>Holds it closed until it is reset, whatever fails.</source>
        <translation>Hält sie geschlossen, bis sie zurückgesetzt wird, was auch scheitert.</translation>
    </message>
    <message>
        <source>Read&amp;y</source>
        <translation>Be&amp;reit</translation>
    </message>
    <message>
        <source>Takes requests.</source>
        <translation>Nimmt Anfragen an.</translation>
    </message>
    <message>
        <source>&amp;Drain</source>
        <translation>Aus&amp;laufen</translation>
    </message>
    <message>
        <source>No new requests; those under way end.</source>
        <translation>Keine neuen Anfragen; laufende enden.</translation>
    </message>
    <message>
        <source>Disa&amp;ble</source>
        <translation>Ab&amp;schalten</translation>
    </message>
    <message>
        <source>Switched off until it is put back.</source>
        <translation>Abgeschaltet, bis er zurückgeholt wird.</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>Balancing</source>
        <translation>Verteilung</translation>
    </message>
    <message>
        <source>Settings of this provider</source>
        <translation>Einstellungen dieses Anbieters</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>Einstellung</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>for %1</source>
        <translation>seit %1</translation>
    </message>
    <message>
        <source>No change of state so far.</source>
        <translation>Bisher kein Wechsel des Zustands.</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Woher</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation>In der Datei</translation>
    </message>
    <message>
        <source>Edit &amp;settings…</source>
        <translation>E&amp;instellungen bearbeiten…</translation>
    </message>
    <message>
        <source>config</source>
        <translation>Konfig.</translation>
    </message>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>preset</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>default</source>
        <translation>Standard</translation>
    </message>
</context>
<context>
    <name>sluice::ui::RevisionModel</name>
    <message>
        <source>start</source>
        <translation>Beginn</translation>
    </message>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>admin</source>
        <translation>Verwaltung</translation>
    </message>
    <message>
        <source>rollback</source>
        <translation>Rückkehr</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>%1 · %2 · %3
%4</source>
        <translation>%1 · %2 · %3
%4</translation>
    </message>
</context>
<context>
    <name>sluice::ui::RouteDialog</name>
    <message>
        <source>Add a route</source>
        <translation>Route hinzufügen</translation>
    </message>
    <message>
        <source>Route %1</source>
        <translation>Route %1</translation>
    </message>
    <message>
        <source>gpt-4o-mini, or openai/*, or *</source>
        <translation>gpt-4o-mini, oder openai/*, oder *</translation>
    </message>
    <message>
        <source>round robin, by weight</source>
        <translation>reihum, nach Gewicht</translation>
    </message>
    <message>
        <source>fewest calls under way</source>
        <translation>wenigste laufende Aufrufe</translation>
    </message>
    <message>
        <source>lowest latency</source>
        <translation>kleinste Latenz</translation>
    </message>
    <message>
        <source>Targets</source>
        <translation>Ziele</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>Model there</source>
        <translation>Modell dort</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>Tier</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>A&amp;dd target</source>
        <translation>Ziel hin&amp;zufügen</translation>
    </message>
    <message>
        <source>&amp;Remove target</source>
        <translation>Ziel &amp;entfernen</translation>
    </message>
    <message>
        <source>&amp;Model asked for</source>
        <translation>Gefragtes &amp;Modell</translation>
    </message>
    <message>
        <source>&amp;Shared out by</source>
        <translation>&amp;Verteilt nach</translation>
    </message>
    <message>
        <source>&amp;Add</source>
        <translation>&amp;Hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
    <message>
        <source>Provider of target %1</source>
        <translation>Anbieter von Ziel %1</translation>
    </message>
    <message>
        <source>as asked for</source>
        <translation>wie gefragt</translation>
    </message>
    <message>
        <source>Model of target %1</source>
        <translation>Modell von Ziel %1</translation>
    </message>
    <message>
        <source>Weight of target %1</source>
        <translation>Gewicht von Ziel %1</translation>
    </message>
    <message>
        <source>Tier of target %1</source>
        <translation>Rang von Ziel %1</translation>
    </message>
    <message>
        <source>Larger ones are for when all smaller ones cannot serve.</source>
        <translation>Größere sind für den Fall, dass alle kleineren nicht können.</translation>
    </message>
</context>
<context>
    <name>sluice::ui::ShareBars</name>
    <message>
        <source>Shares of targets</source>
        <translation>Anteile der Ziele</translation>
    </message>
    <message>
        <source>no picks in 30 s</source>
        <translation>in 30 s nie gewählt</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source> (target %1 %)</source>
        <translation> (Ziel %1 %)</translation>
    </message>
    <message>
        <source>, n = %1</source>
        <translation>, n = %1</translation>
    </message>
    <message>
        <source>, too few to tell</source>
        <translation>, zu wenige für ein Urteil</translation>
    </message>
    <message>
        <source>, not by chance</source>
        <translation>, nicht durch Zufall</translation>
    </message>
    <message>
        <source>No route has it as a target.</source>
        <translation>Keine Route hat ihn als Ziel.</translation>
    </message>
    <message>
        <source>, the target has just changed</source>
        <translation>, das Ziel hat sich eben geändert</translation>
    </message>
</context>
<context>
    <name>sluice::ui::StackPlot</name>
    <message>
        <source>%1 others</source>
        <translation>%1 andere</translation>
    </message>
</context>
<context>
    <name>sluice::ui::StatusStrip</name>
    <message>
        <source>DEMO</source>
        <translation>DEMO</translation>
    </message>
    <message>
        <source>Demo traffic</source>
        <translation>Demo-Verkehr</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Hält an…</translation>
    </message>
    <message>
        <source>Base URL</source>
        <translation>Basis-URL</translation>
    </message>
    <message>
        <source>Copy  </source>
        <translation>Kopieren  </translation>
    </message>
    <message>
        <source>Copy how to connect</source>
        <translation>Kopieren, wie man sich verbindet</translation>
    </message>
    <message>
        <source>Mock providers are at work: what they answer is made up.</source>
        <translation>Scheinanbieter sind am Werk: Ihre Antworten sind erfunden.</translation>
    </message>
    <message>
        <source>Sends a few requests a second to this gateway, for models that only mock providers serve.</source>
        <translation>Sendet einige Anfragen je Sekunde an dieses Gateway, für Modelle, die nur Scheinanbieter bedienen.</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>■ STOPPED</source>
        <translation>■ STEHT</translation>
    </message>
    <message>
        <source>● RUNNING</source>
        <translation>● LÄUFT</translation>
    </message>
    <message>
        <source>◐ STOPPING</source>
        <translation>◐ HÄLT AN</translation>
    </message>
    <message>
        <source>no errors</source>
        <translation>keine Fehler</translation>
    </message>
    <message>
        <source>%1 % errors</source>
        <translation>%1 % Fehler</translation>
    </message>
    <message>
        <source>%1 in flight · %2 req/s · %3</source>
        <translation>%1 unterwegs · %2 Anfr./s · %3</translation>
    </message>
    <message>
        <source> · %1 refused in 30 s</source>
        <translation> · %1 in 30 s abgewiesen</translation>
    </message>
    <message>
        <source>No client key that may ask a mock provider can be read; see server.client_keys.</source>
        <translation>Kein Client-Schlüssel, der einen Mock-Anbieter fragen darf, ist lesbar; siehe server.client_keys.</translation>
    </message>
    <message>
        <source>There is no model that only mock providers serve.</source>
        <translation>Es gibt kein Modell, das nur Mock-Anbieter bedienen.</translation>
    </message>
</context>
<context>
    <name>sluice::ui::Tank</name>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>+%1 / min</source>
        <translation>+%1 / min</translation>
    </message>
    <message>
        <source>nothing passes</source>
        <translation>nichts geht durch</translation>
    </message>
    <message>
        <source>
next in %1</source>
        <translation>
nächste in %1</translation>
    </message>
    <message>
        <source>
full in %1</source>
        <translation>
voll in %1</translation>
    </message>
    <message>
        <source>
full</source>
        <translation>
voll</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1 under way</source>
        <translation>%1 unterwegs</translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <translation>%1 von %2 frei</translation>
    </message>
    <message>
        <source>%1 under way
%2 of %3 waiting</source>
        <translation>%1 unterwegs
%2 von %3 warten</translation>
    </message>
    <message>
        <source>◄ binding</source>
        <translation>◄ maßgebend</translation>
    </message>
</context>
<context>
    <name>sluice::ui::TimeBar</name>
    <message>
        <source>Space pauses and goes on, Home returns. Wheel: zoom, drag: pan, Ctrl+drag: zoom to a box, Shift+wheel: values.</source>
        <translation>Leertaste hält an und läuft weiter, Pos1 kehrt zurück. Rad: Zoom, Ziehen: verschieben, Strg+Ziehen: in einen Kasten, Umschalt+Rad: Werte.</translation>
    </message>
    <message>
        <source>1 m</source>
        <translation>1 min</translation>
    </message>
    <message>
        <source>5 m</source>
        <translation>5 min</translation>
    </message>
    <message>
        <source>15 m</source>
        <translation>15 min</translation>
    </message>
    <message>
        <source>1 h</source>
        <translation>1 h</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alles</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>%1 zeigen</translation>
    </message>
    <message>
        <source>● LIVE</source>
        <translation>● JETZT</translation>
    </message>
    <message>
        <source>no data</source>
        <translation>keine Daten</translation>
    </message>
    <message>
        <source>❚❚ %1 behind – return to live</source>
        <translation>❚❚ %1 zurück – zum Jetzt</translation>
    </message>
    <message>
        <source>Point at a plot to read it, or press Ctrl+Left in it. Wheel zooms, drag pans, Space pauses, Home returns to live.</source>
        <translation>Zum Ablesen auf ein Diagramm zeigen oder Strg+Links darin. Rad zoomt, Ziehen schiebt, Leertaste hält an, Pos1: Jetzt.</translation>
    </message>
</context>
<context>
    <name>sluice::ui::TourBar</name>
    <message>
        <source>How far the tour is</source>
        <translation>Wie weit der Rundgang ist</translation>
    </message>
    <message>
        <source>S&amp;kip the tour</source>
        <translation>Rundgang übers&amp;pringen</translation>
    </message>
    <message>
        <source>Requests come in. Each provider has a card; below, everything stands on one axis of time.</source>
        <translation>Anfragen kommen herein. Jeder Anbieter hat eine Karte; darunter steht alles auf einer Zeitachse.</translation>
    </message>
    <message>
        <source>On the right are the limits. Drag one and see what happens: it is in force at once, marked on every plot, and Ctrl+Z takes it back.</source>
        <translation>Rechts sind die Grenzen. Ziehen Sie an einer und sehen Sie, was geschieht: Sie gilt sofort, ist in jedem Diagramm markiert, und Strg+Z nimmt sie zurück.</translation>
    </message>
    <message>
        <source>Now %1 fails: its breaker opens, and requests go to the others. Clients see nothing of it.</source>
        <translation>Nun fällt %1 aus: Seine Sicherung öffnet, und Anfragen gehen an die anderen. Clients merken davon nichts.</translation>
    </message>
    <message>
        <source>After a while the breaker lets a few requests through. If they go well, it closes, and %1 is back.</source>
        <translation>Nach einer Weile lässt die Sicherung einige Anfragen durch. Gehen sie gut, schließt sie, und %1 ist zurück.</translation>
    </message>
    <message>
        <source>All of it stands in one file. Each change is a revision you can go back to.</source>
        <translation>Alles steht in einer Datei. Jede Änderung ist ein Stand, zu dem man zurückkann.</translation>
    </message>
</context>
<context>
    <name>sluice::ui::Tray</name>
    <message>
        <source>&amp;Show</source>
        <translation>&amp;Zeigen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>● %1/v1 (copy)</source>
        <translation>● %1/v1 (kopieren)</translation>
    </message>
    <message>
        <source>■ stopped</source>
        <translation>■ steht</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>S&amp;tart</source>
        <translation>&amp;Starten</translation>
    </message>
    <message>
        <source>Sluice: stopped</source>
        <translation>Sluice: steht</translation>
    </message>
    <message>
        <source>Sluice: running</source>
        <translation>Sluice: läuft</translation>
    </message>
    <message>
        <source>Sluice: running, a breaker is open</source>
        <translation>Sluice: läuft, eine Sicherung ist offen</translation>
    </message>
</context>
<context>
    <name>sluice::ui::WorkerModel</name>
    <message>
        <source>worker %1</source>
        <translation>Arbeiter %1</translation>
    </message>
    <message>
        <source>no work yet</source>
        <translation>noch ohne Arbeit</translation>
    </message>
    <message>
        <source>%1 ✓</source>
        <translation>%1 ✓</translation>
    </message>
    <message>
        <source>%1, %2 with its next request</source>
        <translation>%1, %2 mit der nächsten Anfrage</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Schleife</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>Verzug</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>Clients</translation>
    </message>
    <message>
        <source>Under way</source>
        <translation>Unterwegs</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Warten</translation>
    </message>
    <message>
        <source>A thread that moves requests</source>
        <translation>Ein Thread, der Anfragen bewegt</translation>
    </message>
    <message>
        <source>How late the loop was at what it had to do</source>
        <translation>Wie spät die Schleife mit ihrer Arbeit dran war</translation>
    </message>
    <message>
        <source>Connections of clients</source>
        <translation>Verbindungen von Clients</translation>
    </message>
    <message>
        <source>Requests under way</source>
        <translation>Laufende Anfragen</translation>
    </message>
    <message>
        <source>Requests that wait for a limit</source>
        <translation>Anfragen, die auf eine Grenze warten</translation>
    </message>
    <message>
        <source>Connections to providers that are kept for requests to come</source>
        <translation>Verbindungen zu Anbietern, die für kommende Anfragen offen bleiben</translation>
    </message>
    <message>
        <source>Kept open</source>
        <translation>Offen gehalten</translation>
    </message>
    <message>
        <source>Revision of the config that the loop works by</source>
        <translation>Stand der Konfiguration, nach dem die Schleife arbeitet</translation>
    </message>
    <message>
        <source>Config</source>
        <translation>Konfiguration</translation>
    </message>
</context>
</TS>
