<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>ConfigEdits</name>
    <message>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Redo %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConfigPage</name>
    <message>
        <source>&amp;Apply and save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re&amp;vert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a config &amp;file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Restore this revision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Config as YAML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add &amp;provider…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit a provider or route as a form</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What applying would change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Revisions, newest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What restoring would change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a route…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Providers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Routes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No file: changes last until the program ends.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read-only: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not written: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✓ saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not written yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✗ Line %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (and %1 more)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✓ Sound. Nothing is in force before it is applied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✓ This is in force.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text is what is in force.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This revision is in force.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a revision above.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConnectPage</name>
    <message>
        <source>Send &amp;test request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Play 60-second tour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&lt;b&gt;DEMO&lt;/b&gt;: answers come from the built-in mock providers; nothing leaves this machine and no key is needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add a provider…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SDK</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language or shell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text to paste</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy this text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Point a client here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows traffic, a breaker that opens and how it recovers, on a built-in provider. It changes nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tour needs a provider of dialect mock.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goes to a built-in provider: it costs nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goes to a real provider: it may cost money.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Base URL &lt;b&gt;%1/v1&lt;/b&gt;, model &lt;b&gt;%2&lt;/b&gt;. Any API key will do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Base URL &lt;b&gt;%1&lt;/b&gt;, model &lt;b&gt;%2&lt;/b&gt;. Any API key will do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>■ The gateway is stopped. Start it above.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>◌ Listening on %1, nothing yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✓ %1 requests have come, %2 were answered well.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking for %1…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✓ %1 answered in %2: “%3”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✗ %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✗ %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DiagnosticsPage</name>
    <message>
        <source>Largest lag of a loop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Client connections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for a limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> MiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loops</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Config revision %1 · %2 loops · %3 client connections · memory %4
Kept answers: %5 in %6, %7 hits, %8 misses, %9 evictions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not known</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EventsDock</name>
    <message>
        <source>Events</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Events, newest first</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FailurePlot</name>
    <message>
        <source>429</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>5xx</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>time-out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>broken off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>breaker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no target</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bad request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failures /s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Above the line: attempts that failed at a provider. Below it: requests that this gateway refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed: </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>refused: </source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LanePlot</name>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Further providers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: no data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · %1 passed over</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LatencyPlot</name>
    <message>
        <source>Latency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole attempts, of the half minute before each moment. A gap: fewer than %1 ended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>latency of %1 calls only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>p50 %1, p95 %2, p99 %3 (n = %4)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LimitRow</name>
    <message>
        <source>%1, slider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset %1 to its default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off: no limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>default %1%2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>default off</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Limits</name>
    <message>
        <source>%1 of %2 left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requests/min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Burst</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokens/min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Burst tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calls at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue timeout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Breaker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failures in a row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minimum calls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Timeouts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Headers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First byte</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Idle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Total</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 picks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>route %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>client %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LimitsDock</name>
    <message>
        <source>Limits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Provider, route or client whose limits are shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not written yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing can be changed here: %1.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LivePlot</name>
    <message>
        <source>Save plot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy values as CSV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as SVG…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save values as CSV…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause	Space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Return to live	Space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset view	Home</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot write %1: is the folder there, and may you write to it?</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LockModel</name>
    <message>
        <source>%1 (%2 %)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waited for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time waited</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reload config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset &amp;layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;About Sluice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Sluice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sluice %1
A gateway for LLM traffic on your own machine.

Free software under the GNU GPL, version 3 or later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · revision %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>built-in demo config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config file was refused; the last good one serves on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OverviewPage</name>
    <message>
        <source>requests</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>errors, 30 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>p95, whole answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in flight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>refused by us</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Freeze order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config names no providers yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requests /s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The order also holds still while the pointer is over the cards.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Providers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>worst first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 /s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 since start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>first byte p95 %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>first byte –</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 waiting · %2 connections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 /min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as providers say</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Pages</name>
    <message>
        <source>Overview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProviderActions</name>
    <message>
        <source>&amp;Trip breaker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opens it as failures would; it recovers by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reset breaker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closes it and ends a cool-down; nothing is carried over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Force &amp;open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holds it open until it is reset: nothing passes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Force &amp;closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holds it closed until it is reset, whatever fails.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take re&amp;quests</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Puts it back into use.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Drain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No new requests; those under way end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>D&amp;isable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switched off until it is put back.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProviderCard</name>
    <message>
        <source>Provider %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What can be done to this provider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Actions on %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 req/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>– req/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in flight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · %1 waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>errors –</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>errors %1 % (%2/%3)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>first byte –</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>p50 %1  p95 %2  p99 %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>DEMO</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>req</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tok</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no limits</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProviderDialog</name>
    <message>
        <source>Mock: built in, for trying out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Test connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a provider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Provider %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dialect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Base URL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the key is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also make a route</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Result of the test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test the connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>environment variable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Dialect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Base URL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The key itself is never written into the config, only where it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asks for the list of models, which is free with the services known here; with others it may cost money.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also make a route: clients ask for “%1/MODEL”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name of the environment variable is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not the name of an environment variable. The key itself is never written into the config: put it into a variable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A provider needs an id.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a provider “%1” already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✗ The environment variable %1 is not set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>✓ It answers, with %n model(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>✗ It answers, but refuses the key (%1).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✗ It answers %1 to %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✗ It does not answer: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Keep the gateway running?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the gateway running in the background?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The icon in the tray brings the window back. This is asked once; File, Quit always quits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window is minimised then, as there is no tray. This is asked once; File, Quit always quits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>config text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The config file was changed elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your change is in force but not in the file, which somebody else changed meanwhile. The two touch different values. Whatever you choose, the other is kept in the history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your change is in force but not in the file, which somebody else changed meanwhile: %1. Whatever you choose, the other is kept in the history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed in the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Merge both</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reload the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep mine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway cannot listen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Port %1 is free. Clients then use http://127.0.0.1:%1/v1, until the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use port %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RevisionModel</name>
    <message>
        <source>start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>admin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rollback</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RouteDialog</name>
    <message>
        <source>Add a route</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Route %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>gpt-4o-mini, or openai/*, or *</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>round robin, by weight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fewest calls under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lowest latency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Targets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Provider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A&amp;dd target</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Remove target</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Model asked for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Shared out by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Provider of target %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as asked for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model of target %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight of target %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tier of target %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger ones are for when all smaller ones cannot serve.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Sparkline</name>
    <message>
        <source>%1, at most %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StackPlot</name>
    <message>
        <source>%1 others</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message>
        <source>DEMO</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Demo traffic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Base URL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy  </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy how to connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mock providers are at work: what they answer is made up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sends a few requests a second to this gateway, for models that only mock providers serve.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>■ STOPPED</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● RUNNING</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>◐ STOPPING</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 % errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in flight · %2 req/s · %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · %1 refused in 30 s</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TimeBar</name>
    <message>
        <source>Space pauses and goes on, Home returns. Wheel: zoom, drag: pan, Ctrl+drag: zoom to a box, Shift+wheel: values.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 m</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>5 m</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>15 m</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● LIVE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>⏸ %1 behind – return to live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Point at a plot to read it. Wheel zooms, drag pans, Space pauses, Home returns to live.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no data</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TourBar</name>
    <message>
        <source>How far the tour is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;kip the tour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requests come in. Each provider has a card; below, everything stands on one axis of time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the right are the limits. Drag one and see what happens: it is in force at once, marked on every plot, and Ctrl+Z takes it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now %1 fails: its breaker opens, and requests go to the others. Clients see nothing of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After a while the breaker lets a few requests through. If they go well, it closes, and %1 is back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All of it stands in one file. Each change is a revision you can go back to.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>&amp;Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● %1/v1 (copy)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>■ stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;tart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sluice: running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sluice: stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A breaker opened</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WorkerModel</name>
    <message>
        <source>worker %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no work yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ✓</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2 with its next request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept to providers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Config revision</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
