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
        <translation>Offen</translation>
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
        <source>The scan could not be read: its process ended. Press Start to try again.</source>
        <translation>Die Aufnahme konnte nicht gelesen werden: Ihr Prozess endete. Drücken Sie „Beginnen“, um es erneut zu versuchen.</translation>
    </message>
    <message>
        <source>The box is kept.</source>
        <translation>Die Box ist gespeichert.</translation>
    </message>
    <message>
        <source>The scan was deleted from the scene. Press Start to open it again.</source>
        <translation>Die Aufnahme wurde aus der Szene gelöscht. Drücken Sie „Beginnen“, um sie wieder zu öffnen.</translation>
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
        <source>{first} And {more} more.</source>
        <translation>{first} Und {more} weitere.</translation>
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
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>Case {number}</source>
        <translation>Fall {number}</translation>
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
