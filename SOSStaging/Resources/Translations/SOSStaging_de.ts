<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>SOSStaging</name>
    <message>
        <source>SOS Staging</source>
        <translation>SOS-Stadium</translation>
    </message>
    <message>
        <source>Gives the fusion stage of the spheno-occipital synchondrosis on a head CT or cone-beam CT, with probabilities and a heat map. Choose a volume and press Stage. Research use only, not a medical device.</source>
        <translation>Bestimmt das Fusionsstadium der Synchondrosis sphenooccipitalis im Kopf-CT oder in der digitalen Volumentomographie (DVT), mit Wahrscheinlichkeiten und einer Wärmekarte. Wählen Sie ein Volumen und drücken Sie „Stadium bestimmen“. Nur für die Forschung, kein Medizinprodukt.</translation>
    </message>
    <message>
        <source>Method after arXiv 2505.21561. Sample scan: Visible Human Project, U.S. National Library of Medicine.</source>
        <translation>Verfahren nach arXiv 2505.21561. Beispielaufnahme: Visible Human Project, U.S. National Library of Medicine.</translation>
    </message>
    <message>
        <source>Scan</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Volume:</source>
        <translation>Volumen:</translation>
    </message>
    <message>
        <source>The head CT or cone-beam CT to stage. A scan file can also be dropped on this page.</source>
        <translation>Das Kopf-CT oder die DVT, deren Stadium bestimmt werden soll. Eine Bilddatei kann auch auf diese Seite gezogen werden.</translation>
    </message>
    <message>
        <source>Model:</source>
        <translation>Modell:</translation>
    </message>
    <message>
        <source>The trained model that gives the stage. More under Models below.</source>
        <translation>Das trainierte Modell, das das Stadium angibt. Mehr dazu unten unter Modelle.</translation>
    </message>
    <message>
        <source>Choose a volume, or drop a scan file on this page.</source>
        <translation>Wählen Sie ein Volumen oder ziehen Sie eine Bilddatei auf diese Seite.</translation>
    </message>
    <message>
        <source>Stage a sample head</source>
        <translation>Beispielkopf auswerten</translation>
    </message>
    <message>
        <source>Open the head that comes with SOSStaging (an adult of the Visible Human Project) and stage it. Needs no scan of your own.</source>
        <translation>Öffnet den Kopf, der mit SOSStaging kommt (eine Erwachsene aus dem Visible Human Project), und bestimmt sein Stadium. Eine eigene Aufnahme ist nicht nötig.</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Stadium bestimmen</translation>
    </message>
    <message>
        <source>Find the midsagittal plane and give the fusion stage of the spheno-occipital synchondrosis.</source>
        <translation>Sucht die Mediansagittalebene und gibt das Fusionsstadium der Synchondrosis sphenooccipitalis an.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop staging. Nothing in the scene is changed.</source>
        <translation>Hält die Auswertung an. In der Szene ändert sich nichts.</translation>
    </message>
    <message>
        <source>How far the staging has come.</source>
        <translation>Wie weit die Auswertung ist.</translation>
    </message>
    <message>
        <source>Install what is missing</source>
        <translation>Fehlendes installieren</translation>
    </message>
    <message>
        <source>Install the packages that are missing, and put in anew those that are damaged. Asks first.</source>
        <translation>Installiert die fehlenden Pakete und ersetzt die beschädigten. Fragt zuerst.</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Drawing of the midsagittal clivus at this stage, the face to the right.</source>
        <translation>Zeichnung des mediansagittalen Klivus in diesem Stadium, das Gesicht rechts.</translation>
    </message>
    <message>
        <source>Your reading:</source>
        <translation>Ihr Befund:</translation>
    </message>
    <message>
        <source>The stage you read yourself. It is kept beside the machine&apos;s answer, never over it.</source>
        <translation>Das Stadium, das Sie selbst ablesen. Es steht neben der Antwort der Maschine, nie an ihrer Stelle.</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Zustimmen</translation>
    </message>
    <message>
        <source>Keep that you agree with the stage given.</source>
        <translation>Hält fest, dass Sie dem angegebenen Stadium zustimmen.</translation>
    </message>
    <message>
        <source>Keep my reading</source>
        <translation>Meinen Befund festhalten</translation>
    </message>
    <message>
        <source>Keep the stage chosen above as your own reading of this run.</source>
        <translation>Hält das oben gewählte Stadium als Ihren eigenen Befund zu diesem Lauf fest.</translation>
    </message>
    <message>
        <source>Show the report</source>
        <translation>Bericht anzeigen</translation>
    </message>
    <message>
        <source>Open the report in the web browser. It is kept only as long as this page is open; save it to keep it.</source>
        <translation>Öffnet den Bericht im Webbrowser. Er bleibt nur, solange diese Seite offen ist; zum Aufbewahren speichern Sie ihn.</translation>
    </message>
    <message>
        <source>Save the report...</source>
        <translation>Bericht speichern ...</translation>
    </message>
    <message>
        <source>Write report, picture, heat map and JSON into a folder.</source>
        <translation>Schreibt Bericht, Bild, Wärmekarte und JSON in einen Ordner.</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>Wärmekarte</translation>
    </message>
    <message>
        <source>Opacity:</source>
        <translation>Deckkraft:</translation>
    </message>
    <message>
        <source>How strongly the heat map (Grad-CAM) covers the scan.</source>
        <translation>Wie stark die Wärmekarte (Grad-CAM) die Aufnahme überdeckt.</translation>
    </message>
    <message>
        <source>Hide below:</source>
        <translation>Ausblenden unter:</translation>
    </message>
    <message>
        <source>Evidence below this share of full scale is not shown.</source>
        <translation>Hinweise unterhalb dieses Anteils des Vollausschlags werden nicht gezeigt.</translation>
    </message>
    <message>
        <source>Show the heat map of the second likeliest stage: what in the picture speaks for it.</source>
        <translation>Zeigt die Wärmekarte des zweitwahrscheinlichsten Stadiums: was im Bild dafür spricht.</translation>
    </message>
    <message>
        <source>Show the synchondrosis</source>
        <translation>Synchondrose zeigen</translation>
    </message>
    <message>
        <source>Bring the slice views back to the synchondrosis with the heat map over the scan.</source>
        <translation>Stellt die Schichtansichten wieder auf die Synchondrose ein, die Wärmekarte über der Aufnahme.</translation>
    </message>
    <message>
        <source>Plane and region</source>
        <translation>Ebene und Region</translation>
    </message>
    <message>
        <source>Offset (mm):</source>
        <translation>Versatz (mm):</translation>
    </message>
    <message>
        <source>Move the midsagittal plane to the patient&apos;s right (positive) or left, in mm.</source>
        <translation>Verschiebt die Mediansagittalebene nach rechts (positiv) oder links vom Patienten, in mm.</translation>
    </message>
    <message>
        <source>Yaw (°):</source>
        <translation>Gieren (°):</translation>
    </message>
    <message>
        <source>Turn the plane about the vertical axis, in degrees.</source>
        <translation>Dreht die Ebene um die senkrechte Achse, in Grad.</translation>
    </message>
    <message>
        <source>Roll (°):</source>
        <translation>Rollen (°):</translation>
    </message>
    <message>
        <source>Tilt the plane about the front-to-back axis, in degrees.</source>
        <translation>Kippt die Ebene um die Achse von vorn nach hinten, in Grad.</translation>
    </message>
    <message>
        <source>Markups plane:</source>
        <translation>Markups-Ebene:</translation>
    </message>
    <message>
        <source>A plane drawn with Markups that replaces the automatic one.</source>
        <translation>Eine mit Markups gezeichnete Ebene, die die automatische ersetzt.</translation>
    </message>
    <message>
        <source>Correct the SOS box</source>
        <translation>SOS-Box korrigieren</translation>
    </message>
    <message>
        <source>Unlock the box around the synchondrosis so that it can be moved and resized in the slice views.</source>
        <translation>Gibt die Box um die Synchondrose frei, sodass sie sich in den Schichtansichten verschieben und in der Größe ändern lässt.</translation>
    </message>
    <message>
        <source>Reset plane</source>
        <translation>Ebene zurücksetzen</translation>
    </message>
    <message>
        <source>Go back to the plane of the result shown.</source>
        <translation>Kehrt zur Ebene des gezeigten Ergebnisses zurück.</translation>
    </message>
    <message>
        <source>Stage again</source>
        <translation>Erneut bestimmen</translation>
    </message>
    <message>
        <source>Stage the same scan with this plane. Takes about a second.</source>
        <translation>Wertet dieselbe Aufnahme mit dieser Ebene aus. Dauert etwa eine Sekunde.</translation>
    </message>
    <message>
        <source>History and export</source>
        <translation>Verlauf und Export</translation>
    </message>
    <message>
        <source>All runs for this volume, the newest last; your readings beside the answers.</source>
        <translation>Alle Läufe zu diesem Volumen, der neueste zuletzt; Ihre Befunde neben den Antworten.</translation>
    </message>
    <message>
        <source>Table (CSV)...</source>
        <translation>Tabelle (CSV) ...</translation>
    </message>
    <message>
        <source>Write the history above as a CSV file.</source>
        <translation>Schreibt den Verlauf oben als CSV-Datei.</translation>
    </message>
    <message>
        <source>Picture...</source>
        <translation>Bild ...</translation>
    </message>
    <message>
        <source>Write the midsagittal slice with the heat map as a PNG file.</source>
        <translation>Schreibt die Mittsagittalschicht mit der Wärmekarte als PNG-Datei.</translation>
    </message>
    <message>
        <source>Many scans</source>
        <translation>Viele Aufnahmen</translation>
    </message>
    <message>
        <source>Scans in:</source>
        <translation>Aufnahmen in:</translation>
    </message>
    <message>
        <source>A folder with scans, one of DICOM series, or a text file with one path in each line.</source>
        <translation>Ein Ordner mit Aufnahmen, einer mit DICOM-Serien oder eine Textdatei mit einem Pfad je Zeile.</translation>
    </message>
    <message>
        <source>Results to:</source>
        <translation>Ergebnisse nach:</translation>
    </message>
    <message>
        <source>The folder for the results. A run that was stopped goes on from there.</source>
        <translation>Der Ordner für die Ergebnisse. Ein angehaltener Lauf geht von dort weiter.</translation>
    </message>
    <message>
        <source>Stage all</source>
        <translation>Alle auswerten</translation>
    </message>
    <message>
        <source>Stage every scan in the folder; scans staged before are not staged again.</source>
        <translation>Wertet jede Aufnahme im Ordner aus; schon ausgewertete werden nicht wiederholt.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stop. What is finished stays; Stage all goes on from there.</source>
        <translation>Hält an. Was fertig ist, bleibt; „Alle auswerten“ macht dort weiter.</translation>
    </message>
    <message>
        <source>Add the DICOM database</source>
        <translation>DICOM-Datenbank hinzufügen</translation>
    </message>
    <message>
        <source>Stage every CT series of Slicer&apos;s DICOM database.</source>
        <translation>Wertet jede CT-Serie aus Slicers DICOM-Datenbank aus.</translation>
    </message>
    <message>
        <source>How many scans are done.</source>
        <translation>Wie viele Aufnahmen fertig sind.</translation>
    </message>
    <message>
        <source>One row a scan. Click a row to open the scan with its result.</source>
        <translation>Eine Zeile je Aufnahme. Ein Klick auf eine Zeile öffnet die Aufnahme mit ihrem Ergebnis.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>No model is chosen.</source>
        <translation>Es ist kein Modell gewählt.</translation>
    </message>
    <message>
        <source>Import...</source>
        <translation>Importieren ...</translation>
    </message>
    <message>
        <source>Add a model file (.sosmodel). It can also be dropped on this page.</source>
        <translation>Fügt eine Modelldatei (.sosmodel) hinzu. Sie kann auch auf diese Seite gezogen werden.</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Show the folder in which imported models are kept.</source>
        <translation>Zeigt den Ordner, in dem importierte Modelle liegen.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove the model chosen above, if it was imported. Asks first.</source>
        <translation>Entfernt das oben gewählte Modell, wenn es importiert wurde. Fragt zuerst.</translation>
    </message>
    <message>
        <source>Check my installation</source>
        <translation>Meine Installation prüfen</translation>
    </message>
    <message>
        <source>Run a bundled sample through the whole path and say what is broken and how to mend it.</source>
        <translation>Führt ein mitgeliefertes Beispiel durch den ganzen Weg und sagt, was defekt ist und wie es zu beheben ist.</translation>
    </message>
</context>
<context>
    <name>gui.check_part</name>
    <message>
        <source>Packages: {versions}</source>
        <translation>Pakete: {versions}</translation>
    </message>
    <message>
        <source>Mend it: press the button &quot;{button}&quot; above.</source>
        <translation>Abhilfe: Drücken Sie oben die Schaltfläche „{button}“.</translation>
    </message>
    <message>
        <source>There is no model file.</source>
        <translation>Es gibt keine Modelldatei.</translation>
    </message>
    <message>
        <source>Install SOSStaging again.</source>
        <translation>Installieren Sie SOSStaging neu.</translation>
    </message>
    <message>
        <source>Mend it: choose another model, or import this one again.</source>
        <translation>Abhilfe: Wählen Sie ein anderes Modell oder importieren Sie dieses neu.</translation>
    </message>
    <message>
        <source>Model: {name}</source>
        <translation>Modell: {name}</translation>
    </message>
    <message>
        <source>Mend it: install SOSStaging again; its sample is damaged.</source>
        <translation>Abhilfe: Installieren Sie SOSStaging neu; seine Beispielaufnahme ist beschädigt.</translation>
    </message>
    <message>
        <source>Staging the sample: {n} %</source>
        <translation>Das Beispiel wird ausgewertet: {n} %</translation>
    </message>
    <message>
        <source>Mend it: {hint}</source>
        <translation>Abhilfe: {hint}</translation>
    </message>
    <message>
        <source>Mend it: choose the model that came with SOSStaging and check again.</source>
        <translation>Abhilfe: Wählen Sie das Modell, das mit SOSStaging kam, und prüfen Sie erneut.</translation>
    </message>
    <message>
        <source>Sample staged: stage {stage}, in {n:.1f} s</source>
        <translation>Beispiel ausgewertet: Stadium {stage}, in {n:.1f} s</translation>
    </message>
    <message>
        <source>Everything works.</source>
        <translation>Alles funktioniert.</translation>
    </message>
</context>
<context>
    <name>gui.cohort_part</name>
    <message>
        <source>Scan</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Choose where the scans are and where the results go.</source>
        <translation>Wählen Sie, wo die Aufnahmen liegen und wohin die Ergebnisse gehen.</translation>
    </message>
    <message>
        <source>The scans cannot be listed: {why}.</source>
        <translation>Die Aufnahmen lassen sich nicht auflisten: {why}.</translation>
    </message>
    <message>
        <source>Stopped. Stage all goes on from here.</source>
        <translation>Angehalten. „Alle auswerten“ macht hier weiter.</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>Staging {n} scans.</source>
        <translation>{n} Aufnahmen werden ausgewertet.</translation>
    </message>
    <message>
        <source>{done} of {all} scans are done. The table is in cohort.csv beside the results.</source>
        <translation>{done} von {all} Aufnahmen sind fertig. Die Tabelle steht in cohort.csv neben den Ergebnissen.</translation>
    </message>
    <message>
        <source>The DICOM database is left out again.</source>
        <translation>Die DICOM-Datenbank wird wieder weggelassen.</translation>
    </message>
    <message>
        <source>{n} CT series of the DICOM database are added. Press again to leave them out.</source>
        <translation>{n} CT-Serien der DICOM-Datenbank sind hinzugefügt. Nochmals drücken, um sie wegzulassen.</translation>
    </message>
    <message>
        <source>Where a folder holds several series, the one most like a head scan is staged: {names}.</source>
        <translation>Wo ein Ordner mehrere Serien enthält, wird die beurteilt, die am ehesten eine Kopfaufnahme ist: {names}.</translation>
    </message>
    <message>
        <source>⚠ could not be run</source>
        <translation>⚠ nicht gelaufen</translation>
    </message>
    <message>
        <source>The DICOM database holds no CT series.</source>
        <translation>Die DICOM-Datenbank enthält keine CT-Serie.</translation>
    </message>
    <message>
        <source>Plausible</source>
        <translation>Plausibel</translation>
    </message>
    <message>
        <source>⚠ not assessable</source>
        <translation>⚠ nicht beurteilbar</translation>
    </message>
</context>
<context>
    <name>gui.export_part</name>
    <message>
        <source>Choose the stage that you read yourself first.</source>
        <translation>Wählen Sie erst das Stadium, das Sie selbst ablesen.</translation>
    </message>
    <message>
        <source>Folder for the report</source>
        <translation>Ordner für den Bericht</translation>
    </message>
    <message>
        <source>Write the table</source>
        <translation>Tabelle schreiben</translation>
    </message>
    <message>
        <source>Write the picture</source>
        <translation>Bild schreiben</translation>
    </message>
    <message>
        <source>Nothing was written: {why}. Choose another folder.</source>
        <translation>Es wurde nichts geschrieben: {why}. Wählen Sie einen anderen Ordner.</translation>
    </message>
</context>
<context>
    <name>gui.files</name>
    <message>
        <source>{name} is no scene that can be read, or only a part of one.</source>
        <translation>{name} ist keine lesbare Szene oder nur ein Teil von einer.</translation>
    </message>
    <message>
        <source>Take another copy of it.</source>
        <translation>Nehmen Sie eine andere Kopie davon.</translation>
    </message>
    <message>
        <source>{name} is a single picture.</source>
        <translation>{name} ist ein Einzelbild.</translation>
    </message>
    <message>
        <source>Choose its folder under Many scans: pictures are staged there.</source>
        <translation>Wählen Sie seinen Ordner unter „Viele Aufnahmen“: Dort werden Bilder ausgewertet.</translation>
    </message>
</context>
<context>
    <name>gui.history_part</name>
    <message>
        <source>No program shows web pages here. Save the report and open report.html by hand.</source>
        <translation>Hier zeigt kein Programm Webseiten an. Speichern Sie den Bericht und öffnen Sie report.html von Hand.</translation>
    </message>
    <message>
        <source>The report is shown in the web browser.</source>
        <translation>Der Bericht wird im Webbrowser angezeigt.</translation>
    </message>
    <message>
        <source>The report is in {folder}.</source>
        <translation>Der Bericht liegt in {folder}.</translation>
    </message>
    <message>
        <source>The table is in {file}.</source>
        <translation>Die Tabelle liegt in {file}.</translation>
    </message>
    <message>
        <source>There is no picture of this result; stage the scan again.</source>
        <translation>Zu diesem Ergebnis gibt es kein Bild; werten Sie die Aufnahme erneut aus.</translation>
    </message>
    <message>
        <source>The picture is in {file}.</source>
        <translation>Das Bild liegt in {file}.</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Scheme</source>
        <translation>Schema</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Stadium</translation>
    </message>
    <message>
        <source>Stage name</source>
        <translation>Name des Stadiums</translation>
    </message>
    <message>
        <source>Expected stage</source>
        <translation>Erwartetes Stadium</translation>
    </message>
    <message>
        <source>Plausible stages</source>
        <translation>Plausible Stadien</translation>
    </message>
    <message>
        <source>Reasons</source>
        <translation>Gründe</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model version</source>
        <translation>Version des Modells</translation>
    </message>
    <message>
        <source>Trained on</source>
        <translation>Trainiert mit</translation>
    </message>
    <message>
        <source>Staged at</source>
        <translation>Beurteilt am</translation>
    </message>
    <message>
        <source>Stage read by a person</source>
        <translation>Von einer Person gelesenes Stadium</translation>
    </message>
    <message>
        <source>SOS fusion: stage {stage} of {total}</source>
        <translation>Fusion der SOS: Stadium {stage} von {total}</translation>
    </message>
    <message>
        <source>Stage ({scheme})</source>
        <translation>Stadium ({scheme})</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>You agreed with stage {stage}.</source>
        <translation>Sie haben Stadium {stage} zugestimmt.</translation>
    </message>
    <message>
        <source>You read stage {stage}; the answer given was stage {answer}.</source>
        <translation>Sie haben Stadium {stage} befundet; die Antwort war Stadium {answer}.</translation>
    </message>
</context>
<context>
    <name>gui.library_texts</name>
    <message>
        <source>The zip archive is damaged or incomplete.</source>
        <translation>Das Zip-Archiv ist beschädigt oder unvollständig.</translation>
    </message>
    <message>
        <source>Copy or download it again.</source>
        <translation>Kopieren oder laden Sie es neu.</translation>
    </message>
    <message>
        <source>The zip archive is encrypted or packed in an unusual way.</source>
        <translation>Das Zip-Archiv ist verschlüsselt oder ungewöhnlich gepackt.</translation>
    </message>
    <message>
        <source>Unpack it and give the folder.</source>
        <translation>Entpacken Sie es und geben Sie den Ordner an.</translation>
    </message>
    <message>
        <source>The zip archive takes {value} GB unpacked; the disk has {value2} GB free.</source>
        <translation>Das Zip-Archiv braucht entpackt {value} GB; auf der Festplatte sind {value2} GB frei.</translation>
    </message>
    <message>
        <source>Make room on the disk for temporary files.</source>
        <translation>Schaffen Sie auf der Festplatte Platz für temporäre Dateien.</translation>
    </message>
    <message>
        <source>The zip archive holds more than {max_files} files, or unpacks to more than {value} GB or {max_ratio} times its size.</source>
        <translation>Das Zip-Archiv enthält mehr als {max_files} Dateien oder ist entpackt größer als {value} GB oder als das {max_ratio}-Fache seiner Größe.</translation>
    </message>
    <message>
        <source>Give only the series of the head scan.</source>
        <translation>Geben Sie nur die Serie der Kopfaufnahme an.</translation>
    </message>
    <message>
        <source>Give the pixel size with --spacing MM if you know it.</source>
        <translation>Geben Sie die Pixelgröße mit --spacing MM an, wenn Sie sie kennen.</translation>
    </message>
    <message>
        <source>The slice was turned upright, as its header says.</source>
        <translation>Die Schicht wurde aufgerichtet, wie ihr Kopfdatensatz es sagt.</translation>
    </message>
    <message>
        <source>The scan is in colour: it is not a CT or CBCT.</source>
        <translation>Die Aufnahme ist farbig: Sie ist weder CT noch DVT.</translation>
    </message>
    <message>
        <source>Give the original scan.</source>
        <translation>Geben Sie die Originalaufnahme an.</translation>
    </message>
    <message>
        <source>All slices claim to lie at one place.</source>
        <translation>Alle Schichten geben denselben Ort an.</translation>
    </message>
    <message>
        <source>Export the scan again.</source>
        <translation>Exportieren Sie die Aufnahme neu.</translation>
    </message>
    <message>
        <source>{repeats} slices lie at the same place as others (repeated or several phases); the first were used.</source>
        <translation>{repeats} Schichten liegen am selben Ort wie andere (wiederholt oder mehrere Phasen); die ersten wurden verwendet.</translation>
    </message>
    <message>
        <source>The DICOM files do not say how large a pixel is.</source>
        <translation>Die DICOM-Dateien sagen nicht, wie groß ein Pixel ist.</translation>
    </message>
    <message>
        <source>The files do not say how large a pixel is; {spacing_mm} mm was given by the user.</source>
        <translation>Die Dateien sagen nicht, wie groß ein Pixel ist; {spacing_mm} mm wurden vom Anwender angegeben.</translation>
    </message>
    <message>
        <source>The DICOM files do not say how far apart the slices lie.</source>
        <translation>Die DICOM-Dateien sagen nicht, wie weit die Schichten auseinanderliegen.</translation>
    </message>
    <message>
        <source>distance between slices</source>
        <translation>Schichtabstand</translation>
    </message>
    <message>
        <source>slice thickness</source>
        <translation>Schichtdicke</translation>
    </message>
    <message>
        <source>The files give no slice positions; the {source} ({step} mm) was used and could not be verified.</source>
        <translation>Die Dateien geben keine Schichtpositionen an; verwendet wurde ersatzweise: {source} ({step} mm). Das ließ sich nicht prüfen.</translation>
    </message>
    <message>
        <source>The slices are {usual} mm apart although their stated thickness is {thickness} mm; the positions were used.</source>
        <translation>Die Schichten liegen {usual} mm auseinander, obwohl ihre angegebene Dicke {thickness} mm beträgt; die Positionen wurden verwendet.</translation>
    </message>
    <message>
        <source>The files do not say how stored values become Hounsfield units; the stored values were used.</source>
        <translation>Die Dateien sagen nicht, wie aus gespeicherten Werten Hounsfield-Einheiten werden; die gespeicherten Werte wurden verwendet.</translation>
    </message>
    <message>
        <source>it was turned round</source>
        <translation>sie wurde umgekehrt</translation>
    </message>
    <message>
        <source>its greys already have air low and were kept</source>
        <translation>ihre Luft ist bereits dunkel, und die Grauwerte blieben</translation>
    </message>
    <message>
        <source>The scan is marked for display with bone dark (MONOCHROME1); {done}.</source>
        <translation>Die Aufnahme ist für die Anzeige mit dunklem Knochen gekennzeichnet (MONOCHROME1); {done}.</translation>
    </message>
    <message>
        <source>The file claims more pixels than any head scan has; its header may be damaged.</source>
        <translation>Die Datei gibt mehr Pixel an, als eine Kopfaufnahme hat; ihr Kopfdatensatz ist vielleicht beschädigt.</translation>
    </message>
    <message>
        <source>A DICOM file is damaged, cut off or packed in an unknown way.</source>
        <translation>Eine DICOM-Datei ist beschädigt, abgeschnitten oder auf unbekannte Weise gepackt.</translation>
    </message>
    <message>
        <source>There is no DICOM image here.</source>
        <translation>Hier gibt es kein DICOM-Bild.</translation>
    </message>
    <message>
        <source>Give the folder or zip of one head scan.</source>
        <translation>Geben Sie den Ordner oder das Zip einer Kopfaufnahme an.</translation>
    </message>
    <message>
        <source>The folder holds scans of several patients.</source>
        <translation>Der Ordner enthält Aufnahmen mehrerer Patienten.</translation>
    </message>
    <message>
        <source>Give the folder of one scan; Slicer&apos;s DICOM database, or the CD&apos;s viewer, can sort them.</source>
        <translation>Geben Sie den Ordner einer einzigen Aufnahme an; Slicers DICOM-Datenbank oder das Programm auf der CD kann sie sortieren.</translation>
    </message>
    <message>
        <source>There are {value} image series here; the most plausible one ({slices} slices) was used.</source>
        <translation>Hier liegen {value} Bildserien; die plausibelste ({slices} Schichten) wurde verwendet.</translation>
    </message>
    <message>
        <source>There are {value} image series here; the most plausible one (number {number}, {slices} slices) was used.</source>
        <translation>Hier liegen {value} Bildserien; die plausibelste (Nummer {number}, {slices} Schichten) wurde genommen.</translation>
    </message>
    <message>
        <source>The image has no voxels.</source>
        <translation>Das Bild hat keine Voxel.</translation>
    </message>
    <message>
        <source>The image holds complex numbers, not grey values.</source>
        <translation>Das Bild enthält komplexe Zahlen, keine Grauwerte.</translation>
    </message>
    <message>
        <source>The grey values of air had wrapped to the top of the 16-bit range; their sign was restored.</source>
        <translation>Die Grauwerte der Luft waren an das obere Ende des 16-Bit-Bereichs umgeschlagen; ihr Vorzeichen wurde wiederhergestellt.</translation>
    </message>
    <message>
        <source>The image holds no numbers at all (only NaN).</source>
        <translation>Das Bild enthält gar keine Zahlen (nur NaN).</translation>
    </message>
    <message>
        <source>{value} % of the voxels were not numbers (NaN); they were set to the lowest grey, air.</source>
        <translation>{value} % der Voxel waren keine Zahlen (NaN); sie wurden auf den niedrigsten Grauwert, Luft, gesetzt.</translation>
    </message>
    <message>
        <source>The scan has at most 256 grey levels (8 bit): fine contrast may be lost.</source>
        <translation>Die Aufnahme hat höchstens 256 Graustufen (8 Bit): Feiner Kontrast kann verloren sein.</translation>
    </message>
    <message>
        <source>The grey values start at 0 or above: they are not Hounsfield units. They are used as they are.</source>
        <translation>Die Grauwerte beginnen bei 0 oder darüber: Es sind keine Hounsfield-Einheiten. Sie werden verwendet, wie sie sind.</translation>
    </message>
    <message>
        <source>The file does not say how the patient lies. It was read as left-posterior-superior; left, right and up could not be verified. Check the plane before trusting the stage.</source>
        <translation>Die Datei sagt nicht, wie der Patient liegt. Sie wurde als links-posterior-superior gelesen; links, rechts und oben ließen sich nicht prüfen. Prüfen Sie die Ebene, bevor Sie dem Stadium trauen.</translation>
    </message>
    <message>
        <source>This is a single {value} slice: the synchondrosis cannot be judged on it.</source>
        <translation>Das ist eine einzelne Schicht ({value}): Die Synchondrose lässt sich darauf nicht beurteilen.</translation>
    </message>
    <message>
        <source>Give the whole scan, or a midsagittal slice.</source>
        <translation>Geben Sie die ganze Aufnahme oder eine Mittsagittalschicht an.</translation>
    </message>
    <message>
        <source>The picture has too many pixels for a single slice.</source>
        <translation>Das Bild hat zu viele Pixel für eine einzelne Schicht.</translation>
    </message>
    <message>
        <source>The picture cannot be read: it is damaged or of another kind.</source>
        <translation>Das Bild lässt sich nicht lesen: Es ist beschädigt oder von anderer Art.</translation>
    </message>
    <message>
        <source>The picture is in colour ({value} % of it): it is not a grey slice of a scan.</source>
        <translation>Das Bild ist farbig ({value} % davon): Es ist keine Grauwertschicht einer Aufnahme.</translation>
    </message>
    <message>
        <source>Export the midsagittal slice without colours or overlays.</source>
        <translation>Exportieren Sie die Mittsagittalschicht ohne Farben und Überlagerungen.</translation>
    </message>
    <message>
        <source>The picture has only {size} pixels; at least {min_pixels} are needed.</source>
        <translation>Das Bild hat nur {size} Pixel; mindestens {min_pixels} sind nötig.</translation>
    </message>
    <message>
        <source>This is a projection radiograph ({modality}), not a slice: both halves of the head overlap in it.</source>
        <translation>Das ist eine Projektionsaufnahme ({modality}), keine Schicht: Beide Kopfhälften überlagern sich darin.</translation>
    </message>
    <message>
        <source>The picture is empty: all its pixels have the same grey value.</source>
        <translation>Das Bild ist leer: Alle Pixel haben denselben Grauwert.</translation>
    </message>
    <message>
        <source>The pixel size is unknown, so the size of what is seen cannot be checked.</source>
        <translation>Die Pixelgröße ist unbekannt, daher lässt sich die Größe des Gezeigten nicht prüfen.</translation>
    </message>
    <message>
        <source>A pixel size of {spacing} mm is not possible for a head scan.</source>
        <translation>Eine Pixelgröße von {spacing} mm ist bei einer Kopfaufnahme nicht möglich.</translation>
    </message>
    <message>
        <source>The picture shows only {side} mm: the skull base around the synchondrosis does not fit in.</source>
        <translation>Das Bild zeigt nur {side} mm: Die Schädelbasis um die Synchondrose passt nicht hinein.</translation>
    </message>
    <message>
        <source>The pixels are {spacing} mm large: too coarse to see a narrow gap.</source>
        <translation>Die Pixel sind {spacing} mm groß: zu grob für einen schmalen Spalt.</translation>
    </message>
    <message>
        <source>The picture has only {levels} greys: it is a drawing or a mask, not a slice of a scan.</source>
        <translation>Das Bild hat nur {levels} Grauwerte: Es ist eine Zeichnung oder Maske, keine Schicht einer Aufnahme.</translation>
    </message>
    <message>
        <source>The picture holds noise without any structure.</source>
        <translation>Das Bild enthält Rauschen ohne jede Struktur.</translation>
    </message>
    <message>
        <source>The contrast looks inverted: the space around the head must be dark and bone bright.</source>
        <translation>Der Kontrast wirkt umgekehrt: Der Raum um den Kopf muss dunkel und Knochen hell sein.</translation>
    </message>
    <message>
        <source>The picture is the same on its left and right, as a coronal or axial slice is; a sagittal one is needed.</source>
        <translation>Das Bild ist links und rechts gleich, wie eine koronale oder axiale Schicht; gebraucht wird eine sagittale.</translation>
    </message>
    <message>
        <source>The scan is marked as {modality}, not as CT or CBCT.</source>
        <translation>Die Aufnahme ist als {modality} gekennzeichnet, nicht als CT oder DVT.</translation>
    </message>
    <message>
        <source>The volume has only {size} voxels.</source>
        <translation>Das Volumen hat nur {size} Voxel.</translation>
    </message>
    <message>
        <source>The volume is empty: all its voxels have the same grey value.</source>
        <translation>Das Volumen ist leer: Alle Voxel haben denselben Grauwert.</translation>
    </message>
    <message>
        <source>The voxels are {high} mm long: nothing as small as the synchondrosis can be seen.</source>
        <translation>Die Voxel sind {high} mm lang: So Kleines wie die Synchondrose ist nicht zu sehen.</translation>
    </message>
    <message>
        <source>The voxels are said to be {low} mm small: no head scanner does that, the spacing is wrong.</source>
        <translation>Die Voxel sollen {low} mm klein sein: Das kann kein Kopfscanner, die Voxelgröße ist falsch.</translation>
    </message>
    <message>
        <source>The voxels are up to {high} mm long: too coarse to see a narrow gap.</source>
        <translation>Die Voxel sind bis zu {high} mm lang: zu grob für einen schmalen Spalt.</translation>
    </message>
    <message>
        <source>The voxels are not cubes ({sizes} mm).</source>
        <translation>Die Voxel sind keine Würfel ({sizes} mm).</translation>
    </message>
    <message>
        <source>The volume holds noise without any structure.</source>
        <translation>Das Volumen enthält Rauschen ohne jede Struktur.</translation>
    </message>
    <message>
        <source>The contrast looks inverted: air must be dark and bone bright.</source>
        <translation>Der Kontrast wirkt umgekehrt: Luft muss dunkel und Knochen hell sein.</translation>
    </message>
    <message>
        <source>The field of view ({value} mm) is too small to hold the skull base around the synchondrosis.</source>
        <translation>Das Sichtfeld ({value} mm) ist zu klein für die Schädelbasis um die Synchondrose.</translation>
    </message>
    <message>
        <source>The field of view ({value} mm) is that of a scan of teeth and jaws; the skull base lies outside it.</source>
        <translation>Das Sichtfeld ({value} mm) ist das einer Aufnahme von Zähnen und Kiefern; die Schädelbasis liegt außerhalb.</translation>
    </message>
    <message>
        <source>The body&apos;s cross-section is {area_cm2} square centimetres: too large for a head.</source>
        <translation>Der Körperquerschnitt misst {area_cm2} Quadratzentimeter: zu groß für einen Kopf.</translation>
    </message>
    <message>
        <source>The bone has one single grey value and no soft tissue around it: this looks like a plastic model.</source>
        <translation>Der Knochen hat einen einzigen Grauwert und keine Weichteile um sich: Das sieht nach einem Kunststoffmodell aus.</translation>
    </message>
    <message>
        <source>Soft tissues differ too much in grey for an X-ray scan: this looks like MR, or is no scan.</source>
        <translation>Die Weichteile unterscheiden sich zu stark im Grauwert für eine Röntgenaufnahme: Das sieht nach MRT aus oder ist keine Aufnahme.</translation>
    </message>
    <message>
        <source>Hardly anything is brighter than soft tissue: there is no bone to judge.</source>
        <translation>Kaum etwas ist heller als Weichteile: Es gibt keinen Knochen zu beurteilen.</translation>
    </message>
    <message>
        <source>The bones measure {value1} x {value2} mm: too large for a skull, so the spacing is wrong.</source>
        <translation>Die Knochen messen {value1} x {value2} mm: zu groß für einen Schädel, also ist die Voxelgröße falsch.</translation>
    </message>
    <message>
        <source>Only one half of the head is shown ({body_width_mm} mm wide): the midline cannot be found.</source>
        <translation>Nur eine Kopfhälfte ist zu sehen ({body_width_mm} mm breit): Die Mittellinie lässt sich nicht finden.</translation>
    </message>
    <message>
        <source>The bones are only {bone_width_mm} mm wide: no skull base is in view, or the spacing is wrong.</source>
        <translation>Die Knochen sind nur {bone_width_mm} mm breit: Die Schädelbasis ist nicht im Bild, oder die Voxelgröße ist falsch.</translation>
    </message>
    <message>
        <source>There is no air inside the head (nose, throat, sinuses, ears): only the vault is shown.</source>
        <translation>Im Kopf ist keine Luft (Nase, Rachen, Nebenhöhlen, Ohren): Nur die Kalotte ist zu sehen.</translation>
    </message>
    <message>
        <source>The volume has only {levels} different values: it is a segmentation, not a scan.</source>
        <translation>Das Volumen hat nur {levels} verschiedene Werte: Es ist eine Segmentierung, keine Aufnahme.</translation>
    </message>
    <message>
        <source>The spacing is exactly 1 mm and the skull would be {size} mm long: the spacing is not real.</source>
        <translation>Die Voxelgröße ist genau 1 mm, und der Schädel wäre {size} mm lang: Die Voxelgröße stimmt nicht.</translation>
    </message>
    <message>
        <source>The spacing is exactly 1 mm, which may mean unknown, and the view is too small to check it by the head.</source>
        <translation>Die Voxelgröße ist genau 1 mm, was unbekannt heißen kann, und das Sichtfeld ist zu klein, um es am Kopf zu prüfen.</translation>
    </message>
    <message>
        <source>The spacing is exactly 1 mm; the skull then measures {size} mm, which is plausible.</source>
        <translation>Die Voxelgröße ist genau 1 mm; der Schädel misst dann {size} mm, was plausibel ist.</translation>
    </message>
    <message>
        <source>The scan is very noisy ({value} % of the step from air to soft tissue).</source>
        <translation>Die Aufnahme rauscht sehr stark ({value} % der Stufe von Luft zu Weichteilen).</translation>
    </message>
    <message>
        <source>Noise is {value} % of the step from air to soft tissue.</source>
        <translation>Das Rauschen beträgt {value} % der Stufe von Luft zu Weichteilen.</translation>
    </message>
    <message>
        <source>The head is cut by the edge of the field of view in {value} % of the slices.</source>
        <translation>Der Kopf wird in {value} % der Schichten vom Rand des Sichtfelds abgeschnitten.</translation>
    </message>
    <message>
        <source>The file does not say how the patient lies, and the head is not symmetrical from left to right as read.</source>
        <translation>Die Datei sagt nicht, wie der Patient liegt, und der Kopf ist, so gelesen, nicht links und rechts symmetrisch.</translation>
    </message>
    <message>
        <source>NRRD, NIfTI, MetaImage, DICOM (file, folder or zip), PNG or JPEG</source>
        <translation>NRRD, NIfTI, MetaImage, DICOM (Datei, Ordner oder Zip), PNG oder JPEG</translation>
    </message>
    <message>
        <source>The spacing must be a positive number of millimetres.</source>
        <translation>Die Voxelgröße muss eine positive Zahl in Millimetern sein.</translation>
    </message>
    <message>
        <source>This program may not read the input: its access rights forbid it.</source>
        <translation>Dieses Programm darf die Eingabe nicht lesen: Ihre Zugriffsrechte verbieten es.</translation>
    </message>
    <message>
        <source>Change them, or copy the scan to a folder of yours.</source>
        <translation>Ändern Sie sie, oder kopieren Sie die Aufnahme in einen eigenen Ordner.</translation>
    </message>
    <message>
        <source>The scan is too large for this computer&apos;s memory.</source>
        <translation>Die Aufnahme ist zu groß für den Arbeitsspeicher dieses Rechners.</translation>
    </message>
    <message>
        <source>The input is damaged or in a form that is not understood.</source>
        <translation>Die Eingabe ist beschädigt oder in einer Form, die nicht verstanden wird.</translation>
    </message>
    <message>
        <source>There is no file or folder named {name}.</source>
        <translation>Es gibt keine Datei und keinen Ordner namens {name}.</translation>
    </message>
    <message>
        <source>The file is empty.</source>
        <translation>Die Datei ist leer.</translation>
    </message>
    <message>
        <source>Copy or export it again.</source>
        <translation>Kopieren oder exportieren Sie sie neu.</translation>
    </message>
    <message>
        <source>The folder holds too many files for one scan.</source>
        <translation>Der Ordner enthält zu viele Dateien für eine Aufnahme.</translation>
    </message>
    <message>
        <source>Give one scan&apos;s folder.</source>
        <translation>Geben Sie den Ordner einer einzigen Aufnahme an.</translation>
    </message>
    <message>
        <source>This kind of file is not known.</source>
        <translation>Diese Art von Datei ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The rows and columns of the slices do not stand at right angles.</source>
        <translation>Zeilen und Spalten der Schichten stehen nicht im rechten Winkel.</translation>
    </message>
    <message>
        <source>Export the scan again as DICOM or on a regular grid.</source>
        <translation>Exportieren Sie die Aufnahme neu, als DICOM oder in einem regelmäßigen Gitter.</translation>
    </message>
    <message>
        <source>The slices do not follow one another in space.</source>
        <translation>Die Schichten folgen im Raum nicht aufeinander.</translation>
    </message>
    <message>
        <source>The slices are tilted by {tilt} degrees (gantry tilt); the scan was put back at right angles.</source>
        <translation>Die Schichten sind um {tilt} Grad geneigt (Gantry-Kippung); die Aufnahme wurde rechtwinklig zurückgestellt.</translation>
    </message>
    <message>
        <source>The distance between slices varies from {low} to {high} mm; they were resampled evenly.</source>
        <translation>Der Schichtabstand schwankt von {low} bis {high} mm; die Schichten wurden gleichmäßig neu abgetastet.</translation>
    </message>
    <message>
        <source>There is a stretch of {high} mm without any slice: bone between cannot be judged.</source>
        <translation>Auf {high} mm gibt es keine Schicht: Knochen dazwischen lässt sich nicht beurteilen.</translation>
    </message>
    <message>
        <source>Slices seem to be missing: one gap is {high} mm where {usual} mm is usual.</source>
        <translation>Es scheinen Schichten zu fehlen: Eine Lücke misst {high} mm, wo {usual} mm üblich sind.</translation>
    </message>
    <message>
        <source>The slices lie up to {high} mm apart: too coarse to see a narrow gap.</source>
        <translation>Die Schichten liegen bis zu {high} mm auseinander: zu grob für einen schmalen Spalt.</translation>
    </message>
    <message>
        <source>The file does not say how large its voxels are, so nothing in it can be measured.</source>
        <translation>Die Datei sagt nicht, wie groß ihre Voxel sind; darin lässt sich nichts messen.</translation>
    </message>
    <message>
        <source>Export it again with its spacing, or give that (--spacing) where the voxels are cubes.</source>
        <translation>Exportieren Sie sie neu mit ihrer Voxelgröße, oder geben Sie diese an (--spacing), wenn die Voxel Würfel sind.</translation>
    </message>
    <message>
        <source>The file cannot be read as a scan: it is damaged, cut off, or not what its name says.</source>
        <translation>Die Datei lässt sich nicht als Aufnahme lesen: Sie ist beschädigt, abgeschnitten oder nicht das, was ihr Name sagt.</translation>
    </message>
    <message>
        <source>Export it again, for example as NRRD or DICOM.</source>
        <translation>Exportieren Sie sie neu, zum Beispiel als NRRD oder DICOM.</translation>
    </message>
    <message>
        <source>The file holds {value} volumes (a time series or several channels), not one scan.</source>
        <translation>Die Datei enthält {value} Volumen (eine Zeitreihe oder mehrere Kanäle), nicht eine Aufnahme.</translation>
    </message>
    <message>
        <source>Export a single volume.</source>
        <translation>Exportieren Sie ein einzelnes Volumen.</translation>
    </message>
    <message>
        <source>The volume is in colour or holds vectors: it is not a CT or CBCT.</source>
        <translation>Das Volumen ist farbig oder enthält Vektoren: Es ist weder CT noch DVT.</translation>
    </message>
    <message>
        <source>The file claims more voxels than any head scan has; its header may be damaged.</source>
        <translation>Die Datei gibt mehr Voxel an, als eine Kopfaufnahme hat; ihr Kopfdatensatz ist vielleicht beschädigt.</translation>
    </message>
    <message>
        <source>The file does not hold a real spacing; {spacing_mm} mm was given by the user.</source>
        <translation>Die Datei enthält keine echte Voxelgröße; {spacing_mm} mm wurden vom Anwender angegeben.</translation>
    </message>
    <message>
        <source>The spacing given was not used: the file has its own.</source>
        <translation>Die angegebene Voxelgröße wurde nicht verwendet: Die Datei hat ihre eigene.</translation>
    </message>
    <message>
        <source>The volume&apos;s axes are left-handed; every voxel was kept at its place in the patient.</source>
        <translation>Die Achsen des Volumens sind linkshändig; jedes Voxel blieb an seinem Ort im Patienten.</translation>
    </message>
    <message>
        <source>Staging was cancelled.</source>
        <translation>Die Auswertung wurde abgebrochen.</translation>
    </message>
    <message>
        <source>The scan could not be handed to the network ({value}).</source>
        <translation>Die Aufnahme konnte dem Netz nicht übergeben werden ({value}).</translation>
    </message>
    <message>
        <source>Free some space in the temporary folder and try again.</source>
        <translation>Schaffen Sie Platz im temporären Ordner und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Staging failed unexpectedly ({name}).</source>
        <translation>Die Auswertung ist unerwartet gescheitert ({name}).</translation>
    </message>
    <message>
        <source>Please report it with the log.</source>
        <translation>Bitte melden Sie das mit dem Protokoll.</translation>
    </message>
    <message>
        <source>The worker answered for another number of slabs.</source>
        <translation>Der Hilfsprozess hat für eine andere Anzahl von Schichtpaketen geantwortet.</translation>
    </message>
    <message>
        <source>The Python for the network could not be started ({error}).</source>
        <translation>Das Python für das Netz konnte nicht gestartet werden ({error}).</translation>
    </message>
    <message>
        <source>The worker belongs to another version of SOSStaging.</source>
        <translation>Der Hilfsprozess gehört zu einer anderen Version von SOSStaging.</translation>
    </message>
    <message>
        <source>Reinstall SOSStaging.</source>
        <translation>Installieren Sie SOSStaging neu.</translation>
    </message>
    <message>
        <source>The slab could not be written for the network ({error}).</source>
        <translation>Das Schichtpaket konnte nicht für das Netz geschrieben werden ({error}).</translation>
    </message>
    <message>
        <source>Free some space in the temporary folder.</source>
        <translation>Schaffen Sie Platz im temporären Ordner.</translation>
    </message>
    <message>
        <source>The network has not answered for {silence} seconds and was stopped.</source>
        <translation>Das Netz hat {silence} Sekunden lang nicht geantwortet und wurde beendet.</translation>
    </message>
    <message>
        <source>Try again, or choose --device cpu.</source>
        <translation>Versuchen Sie es erneut oder wählen Sie --device cpu.</translation>
    </message>
    <message>
        <source>The network&apos;s process wrote something unexpected ({shown}).</source>
        <translation>Der Prozess des Netzes hat etwas Unerwartetes geschrieben ({shown}).</translation>
    </message>
    <message>
        <source>Check what the Python for the network runs at its start.</source>
        <translation>Prüfen Sie, was das Python für das Netz beim Start ausführt.</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>Versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The network&apos;s process ended unexpectedly (exit status {returncode}).</source>
        <translation>Der Prozess des Netzes ist unerwartet geendet (Exit-Status {returncode}).</translation>
    </message>
    <message>
        <source>{hint} Its last line: {value}</source>
        <translation>{hint} Seine letzte Zeile: {value}</translation>
    </message>
    <message>
        <source>The network&apos;s process ended unexpectedly.</source>
        <translation>Der Prozess des Netzes ist unerwartet geendet.</translation>
    </message>
    <message>
        <source>The results could not be written ({value}).</source>
        <translation>Die Ergebnisse konnten nicht geschrieben werden ({value}).</translation>
    </message>
    <message>
        <source>It ended with exit status {status}.</source>
        <translation>Er endete mit dem Exit-Status {status}.</translation>
    </message>
    <message>
        <source>Turned back to front the synchondrosis is recognised: the file probably says wrongly how the patient lies. Export the scan again.</source>
        <translation>Von vorn nach hinten gedreht wird die Synchondrose erkannt: Die Datei sagt wahrscheinlich falsch, wie der Patient liegt. Exportieren Sie die Aufnahme neu.</translation>
    </message>
    <message>
        <source>Turned upside down the synchondrosis is recognised: the file probably says wrongly how the patient lies. Export the scan again.</source>
        <translation>Auf den Kopf gestellt wird die Synchondrose erkannt: Die Datei sagt wahrscheinlich falsch, wie der Patient liegt. Exportieren Sie die Aufnahme neu.</translation>
    </message>
    <message>
        <source>The network gave no usable answer for this scan (its output holds numbers that are not finite).</source>
        <translation>Das Netz gab für diese Aufnahme keine brauchbare Antwort (seine Ausgabe enthält nicht endliche Zahlen).</translation>
    </message>
    <message>
        <source>The spheno-occipital synchondrosis could not be recognised in the midsagittal plane: it may lie outside the scan, be hidden by noise or artefacts, or the plane may be off. Check that the scan shows the clivus and that the plane lies in the middle of the head.</source>
        <translation>Die Synchondrosis sphenooccipitalis konnte in der Mediansagittalebene nicht erkannt werden: Sie kann außerhalb der Aufnahme liegen, von Rauschen oder Artefakten verdeckt sein, oder die Ebene kann danebenliegen. Prüfen Sie, ob die Aufnahme den Klivus zeigt und die Ebene in der Kopfmitte liegt.</translation>
    </message>
    <message>
        <source>The spheno-occipital synchondrosis could not be recognised in the picture. Check that it shows the clivus and is upright, and, where they were given, its pixel size and the side the nose is on.</source>
        <translation>Die sphenookzipitale Synchondrose war im Bild nicht zu erkennen. Prüfen Sie, ob es den Clivus zeigt und aufrecht steht, und, wo sie angegeben wurden, die Pixelgröße und die Seite, auf der die Nase ist.</translation>
    </message>
    <message>
        <source>The spheno-occipital synchondrosis lies too close to the edge of the scan&apos;s field of view (or outside it) to be judged.</source>
        <translation>Die Synchondrosis sphenooccipitalis liegt zu nah am Rand des Sichtfelds der Aufnahme (oder außerhalb), um beurteilt zu werden.</translation>
    </message>
    <message>
        <source>The midsagittal plane could be found only with low confidence. Check it, and set it by hand if it is off.</source>
        <translation>Die Mediansagittalebene ließ sich nur mit geringer Sicherheit finden. Prüfen Sie sie, und stellen Sie sie von Hand ein, wenn sie danebenliegt.</translation>
    </message>
    <message>
        <source>The plane given is no sagittal one: its normal must point to the right or left of the patient. Give a point and the normal in RAS mm.</source>
        <translation>Die angegebene Ebene ist keine sagittale: Ihre Normale muss nach rechts oder links des Patienten zeigen. Geben Sie einen Punkt und die Normale in RAS-Millimetern an.</translation>
    </message>
    <message>
        <source>The plane given does not pass through the scan. Check the point, and that its signs are those of RAS: right, anterior and superior count up.</source>
        <translation>Die angegebene Ebene geht nicht durch die Aufnahme. Prüfen Sie den Punkt und ob seine Vorzeichen die von RAS sind: Nach rechts, vorn und oben wird aufwärts gezählt.</translation>
    </message>
    <message>
        <source>The plane given lies {off} mm from the one that was found by symmetry, and {turned} degrees turned to it. Beside the midline other bones are seen: check it.</source>
        <translation>Die angegebene Ebene liegt {off} mm neben der, die aus der Symmetrie gefunden wurde, und ist {turned} Grad gegen sie gedreht. Neben der Mittellinie sieht man andere Knochen: Prüfen Sie sie.</translation>
    </message>
    <message>
        <source>The scan needs more memory than this computer has free. Close other programs or crop the scan.</source>
        <translation>Die Aufnahme braucht mehr Arbeitsspeicher, als auf diesem Rechner frei ist. Schließen Sie andere Programme oder beschneiden Sie die Aufnahme.</translation>
    </message>
    <message>
        <source>The scan could not be staged because of an unexpected error in the program. Please report it with the log.</source>
        <translation>Die Aufnahme konnte wegen eines unerwarteten Fehlers im Programm nicht ausgewertet werden. Bitte melden Sie das mit dem Protokoll.</translation>
    </message>
    <message>
        <source>No midsagittal slice could be made from this picture.</source>
        <translation>Aus diesem Bild ließ sich keine Mittsagittalschicht gewinnen.</translation>
    </message>
    <message>
        <source>The picture&apos;s nose is on the left; it is shown mirrored, facing right.</source>
        <translation>Die Nase im Bild ist links; es wird gespiegelt gezeigt, nach rechts blickend.</translation>
    </message>
    <message>
        <source>Install it into the Python that runs the network: pip install &apos;sos-staging[stage]&apos;.</source>
        <translation>Installieren Sie es in das Python, in dem das Netz läuft: pip install &apos;sos-staging[stage]&apos;.</translation>
    </message>
    <message>
        <source>The package {name} cannot be loaded.</source>
        <translation>Das Paket {name} lässt sich nicht laden.</translation>
    </message>
    <message>
        <source>Close other programs, or choose --device cpu.</source>
        <translation>Schließen Sie andere Programme oder wählen Sie --device cpu.</translation>
    </message>
    <message>
        <source>The device has not enough memory for the network.</source>
        <translation>Das Gerät hat nicht genug Speicher für das Netz.</translation>
    </message>
    <message>
        <source>The network stopped with an unexpected error ({name}: {error}).</source>
        <translation>Das Netz brach mit einem unerwarteten Fehler ab ({name}: {error}).</translation>
    </message>
    <message>
        <source>The device {device} cannot be used ({value}).</source>
        <translation>Das Gerät {device} lässt sich nicht verwenden ({value}).</translation>
    </message>
    <message>
        <source>Choose --device cpu or auto.</source>
        <translation>Wählen Sie --device cpu oder auto.</translation>
    </message>
    <message>
        <source>The worker does not know the request {value}.</source>
        <translation>Der Hilfsprozess kennt die Anfrage {value} nicht.</translation>
    </message>
    <message>
        <source>Client and worker differ in version.</source>
        <translation>Programm und Hilfsprozess haben verschiedene Versionen.</translation>
    </message>
    <message>
        <source>Restart the program; if that does not help, install it again.</source>
        <translation>Starten Sie das Programm neu; hilft das nicht, installieren Sie es neu.</translation>
    </message>
    <message>
        <source>Install it again to mend it.</source>
        <translation>Installieren Sie es neu, um das zu beheben.</translation>
    </message>
    <message>
        <source>Install it once; it is kept.</source>
        <translation>Installieren Sie es einmal; es bleibt erhalten.</translation>
    </message>
    <message>
        <source>Everything needed is installed.</source>
        <translation>Alles Nötige ist installiert.</translation>
    </message>
    <message>
        <source>ended with exit status {returncode}</source>
        <translation>endete mit dem Exit-Status {returncode}</translation>
    </message>
    <message>
        <source>gave no answer within {timeout} s</source>
        <translation>antwortete {timeout} s lang nicht</translation>
    </message>
    <message>
        <source>The Python that runs the network could not be started ({value}).</source>
        <translation>Das Python, in dem das Netz läuft, konnte nicht gestartet werden ({value}).</translation>
    </message>
    <message>
        <source>The Python that runs the network could not look at its packages: it {value}.</source>
        <translation>Das Python, in dem das Netz läuft, konnte seine Pakete nicht ansehen: Es {value}.</translation>
    </message>
    <message>
        <source>{name} is not installed.</source>
        <translation>{name} ist nicht installiert.</translation>
    </message>
    <message>
        <source>{name} {version} is too old; {least} or later is needed.</source>
        <translation>{name} {version} ist zu alt; nötig ist {least} oder neuer.</translation>
    </message>
    <message>
        <source>There is no later PyTorch for Macs with Intel processors: use another computer.</source>
        <translation>Für Macs mit Intel-Prozessor gibt es kein neueres PyTorch: Nehmen Sie einen anderen Rechner.</translation>
    </message>
    <message>
        <source>{name} is only partly installed or damaged: loading it fails ({error}).</source>
        <translation>{name} ist nur teilweise installiert oder beschädigt: Das Laden scheitert ({error}).</translation>
    </message>
    <message>
        <source>There are no wheels (.whl files) in {name}.</source>
        <translation>In {name} liegen keine Wheels (.whl-Dateien).</translation>
    </message>
    <message>
        <source>Fill it on a computer with a network: sos packages download.</source>
        <translation>Füllen Sie ihn an einem Rechner mit Netzzugang: sos packages download.</translation>
    </message>
    <message>
        <source>Check the network, or install from a folder of wheels.</source>
        <translation>Prüfen Sie die Netzverbindung oder installieren Sie aus einem Ordner mit Wheels.</translation>
    </message>
    <message>
        <source>The detector &quot;yolo&quot; uses Ultralytics YOLO, which is licensed under AGPL-3.0. It is optional: the built-in detector does
the same work under this program&apos;s own licence, Apache-2.0.

What AGPL-3.0 means for you: using it on your own computer asks nothing of you. If you pass on a program that contains
it, or let others use it over a network, you must offer them the whole source under AGPL-3.0. Ultralytics also holds
that whole projects and the models trained in them fall under AGPL-3.0, unless you have a licence from Ultralytics.

It runs in a process of its own with its analytics switched off. Nothing is sent anywhere.</source>
        <translation>Der Detektor „yolo“ verwendet Ultralytics YOLO, das unter AGPL-3.0 lizenziert ist. Er ist optional: Der eingebaute Detektor leistet dasselbe unter der eigenen Lizenz dieses Programms, Apache-2.0.

Was AGPL-3.0 für Sie bedeutet: Die Nutzung auf dem eigenen Rechner verlangt nichts von Ihnen. Wenn Sie ein Programm weitergeben, das YOLO enthält, oder andere es über ein Netz benutzen lassen, müssen Sie ihnen den gesamten Quelltext unter AGPL-3.0 anbieten. Ultralytics vertritt zudem, dass ganze Projekte und darin trainierte Modelle unter AGPL-3.0 fallen, sofern Sie keine Lizenz von Ultralytics haben.

Er läuft in einem eigenen Prozess mit abgeschalteter Nutzungsanalyse. Es wird nirgendwohin etwas gesendet.</translation>
    </message>
    <message>
        <source>{name} came with the program.</source>
        <translation>{name} kam mit dem Programm.</translation>
    </message>
    <message>
        <source>Only models you added can be removed.</source>
        <translation>Nur Modelle, die Sie hinzugefügt haben, lassen sich entfernen.</translation>
    </message>
    <message>
        <source>{value} {value2}. Stage scheme: {value3}.</source>
        <translation>{value} {value2}. Stadieneinteilung: {value3}.</translation>
    </message>
    <message>
        <source>Trained on: {value}. {value2}</source>
        <translation>Trainiert an: {value}. {value2}</translation>
    </message>
    <message>
        <source>Licence: {value}</source>
        <translation>Lizenz: {value}</translation>
    </message>
    <message>
        <source>No accuracy is recorded in its card.</source>
        <translation>Auf seiner Karte ist keine Genauigkeit vermerkt.</translation>
    </message>
    <message>
        <source>This program may not read {name}: its access rights forbid it.</source>
        <translation>Dieses Programm darf {name} nicht lesen: Die Zugriffsrechte verbieten es.</translation>
    </message>
    <message>
        <source>Pictures are staged under Many scans, from their files.</source>
        <translation>Einzelbilder werden unter Viele Aufnahmen aus ihren Dateien beurteilt.</translation>
    </message>
    <message>
        <source>{numbers} and {number}</source>
        <translation>{numbers} und {number}</translation>
    </message>
    <message>
        <source>Choose another model file, or get this one again.</source>
        <translation>Wählen Sie eine andere Modelldatei oder beschaffen Sie diese neu.</translation>
    </message>
    <message>
        <source>The midsagittal plane could not be found: there is no plane on whose two sides the bones in view are alike. Set the plane by hand and stage again.</source>
        <translation>Die Mediansagittalebene konnte nicht gefunden werden: Es gibt keine Ebene, auf deren beiden Seiten sich die sichtbaren Knochen gleichen. Setzen Sie die Ebene von Hand und beurteilen Sie erneut.</translation>
    </message>
    <message>
        <source>On {cases} scans of its study that it was not trained on: exact {exact} % (95 % interval {low} to {high} %), within one stage {within} %, refused {refused} %. Scans from elsewhere may be read less well.</source>
        <translation>An {cases} Aufnahmen seiner Studie, an denen es nicht trainiert wurde: genau {exact} % (95-%-Intervall {low} bis {high} %), auf ein Stadium genau {within} %, abgelehnt {refused} %. Aufnahmen von anderswo liest es vielleicht schlechter.</translation>
    </message>
    <message>
        <source>On {cases} simulated heads that it was not trained on: exact {exact} % (95 % interval {low} to {high} %), within one stage {within} %, refused {refused} %. This says nothing about accuracy on patients.</source>
        <translation>An {cases} simulierten Köpfen, an denen es nicht trainiert wurde: genau {exact} % (95-%-Intervall {low} bis {high} %), auf ein Stadium genau {within} %, abgelehnt {refused} %. Das sagt nichts über die Genauigkeit bei Patienten.</translation>
    </message>
    <message>
        <source>{name} is damaged: its weights differ from what its card says.</source>
        <translation>{name} ist beschädigt: Seine Gewichte weichen von dem ab, was seine Karte sagt.</translation>
    </message>
    <message>
        <source>There is no model file {name}.</source>
        <translation>Es gibt keine Modelldatei {name}.</translation>
    </message>
    <message>
        <source>{name} is not a .sosmodel file, or it is cut short.</source>
        <translation>{name} ist keine .sosmodel-Datei oder ist abgeschnitten.</translation>
    </message>
    <message>
        <source>{name} is a zip file but not a .sosmodel: card or weights are missing.</source>
        <translation>{name} ist eine Zip-Datei, aber kein .sosmodel: Karte oder Gewichte fehlen.</translation>
    </message>
    <message>
        <source>{name} is damaged: its card cannot be read.</source>
        <translation>{name} ist beschädigt: Seine Karte lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>{name} has no usable card.</source>
        <translation>{name} hat keine brauchbare Karte.</translation>
    </message>
    <message>
        <source>{name} was written by a newer version of SOSStaging.</source>
        <translation>{name} wurde von einer neueren Version von SOSStaging geschrieben.</translation>
    </message>
    <message>
        <source>Update SOSStaging to use it.</source>
        <translation>Aktualisieren Sie SOSStaging, um es zu verwenden.</translation>
    </message>
    <message>
        <source>The card of {name} lacks {value}.</source>
        <translation>Der Karte von {name} fehlt: {value}.</translation>
    </message>
    <message>
        <source>The card of {name} cannot be used: {wrong}.</source>
        <translation>Die Karte von {name} ist nicht verwendbar: {wrong}.</translation>
    </message>
    <message>
        <source>{name} is too large: its {what} take more than {limit} bytes.</source>
        <translation>{name} ist zu groß: Teile davon ({what}) brauchen mehr als {limit} Bytes.</translation>
    </message>
    <message>
        <source>{name} is packed otherwise than a .sosmodel file.</source>
        <translation>{name} ist anders gepackt als eine .sosmodel-Datei.</translation>
    </message>
    <message>
        <source>{name} is damaged: its {what} cannot be read.</source>
        <translation>{name} ist beschädigt: Ein Teil ({what}) lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>{name} uses a staging scheme not known here.</source>
        <translation>{name} verwendet eine hier unbekannte Stadieneinteilung.</translation>
    </message>
    <message>
        <source>The weights of {name} do not fit its card.</source>
        <translation>Die Gewichte von {name} passen nicht zu seiner Karte.</translation>
    </message>
    <message>
        <source>{name} does not tell apart the stages its scheme names.</source>
        <translation>{name} unterscheidet nicht die Stadien, die seine Einteilung nennt.</translation>
    </message>
    <message>
        <source>{percentage} % coverage on simulated heads</source>
        <translation>{percentage} % Abdeckung an simulierten Köpfen</translation>
    </message>
    <message>
        <source>{percentage} % coverage</source>
        <translation>{percentage} % Abdeckung</translation>
    </message>
    <message>
        <source>No set of plausible stages at {percentage} % coverage was given.</source>
        <translation>Eine Menge plausibler Stadien bei {percentage} % Abdeckung wurde nicht angegeben.</translation>
    </message>
    <message>
        <source>This scan rules no stage out: all of them are plausible.</source>
        <translation>Diese Aufnahme schließt kein Stadium aus: Alle sind plausibel.</translation>
    </message>
    <message>
        <source>At {coverage} only stage {stages} is plausible.</source>
        <translation>Bei {coverage} ist nur Stadium {stages} plausibel.</translation>
    </message>
    <message>
        <source>At {coverage} stages {stages} are plausible.</source>
        <translation>Bei {coverage} sind die Stadien {stages} plausibel.</translation>
    </message>
    <message>
        <source>The next most probable is stage {second} ({value}).</source>
        <translation>Am nächstwahrscheinlichsten ist Stadium {second} ({value}).</translation>
    </message>
    <message>
        <source>The probability-weighted mean stage is {expected_stage}.</source>
        <translation>Das wahrscheinlichkeitsgewichtete mittlere Stadium ist {expected_stage}.</translation>
    </message>
    <message>
        <source>Less sure because of the scan: {text}</source>
        <translation>Weniger sicher wegen der Aufnahme: {text}</translation>
    </message>
    <message>
        <source>Caution: only {share} of the evidence (Grad-CAM) lies within 20 mm of the synchondrosis. The answer may rest on something else in the picture.</source>
        <translation>Vorsicht: Nur {share} der Hinweise (Grad-CAM) liegen innerhalb von 20 mm um die Synchondrose. Die Antwort kann auf etwas anderem im Bild beruhen.</translation>
    </message>
    <message>
        <source>{share} of the evidence (Grad-CAM) lies within 20 mm of the synchondrosis.</source>
        <translation>{share} der Hinweise (Grad-CAM) liegen innerhalb von 20 mm um die Synchondrose.</translation>
    </message>
    <message>
        <source>Trained on simulated heads, for demonstration. No accuracy on patients is known; accuracy measured on simulated heads must not be compared with published accuracy.</source>
        <translation>An simulierten Köpfen trainiert, zur Demonstration. Über die Genauigkeit bei Patienten ist nichts bekannt; an simulierten Köpfen gemessene Genauigkeit darf nicht mit veröffentlichter verglichen werden.</translation>
    </message>
    <message>
        <source>Trained on real scans. It may do worse on another population, scanner or protocol than on the one it was trained and measured on; see the model card.</source>
        <translation>An echten Aufnahmen trainiert. Bei einer anderen Population, einem anderen Scanner oder Protokoll als denen, an denen es trainiert und gemessen wurde, kann es schlechter abschneiden; siehe die Modellkarte.</translation>
    </message>
    <message>
        <source>Trained on: {trained_on}. See the model card for what its accuracy was measured on.</source>
        <translation>Trainiert an: {trained_on}. Woran die Genauigkeit gemessen wurde, steht auf der Modellkarte.</translation>
    </message>
    <message>
        <source>What the model was trained on is not known. Do not rely on its answer.</source>
        <translation>Woran das Modell trainiert wurde, ist nicht bekannt. Verlassen Sie sich nicht auf seine Antwort.</translation>
    </message>
    <message>
        <source>{value} holds no voxels.</source>
        <translation>{value} enthält keine Voxel.</translation>
    </message>
    <message>
        <source>Load the scan again.</source>
        <translation>Laden Sie die Aufnahme neu.</translation>
    </message>
    <message>
        <source>{value} is no volume of grey values, or hardly any ({value2}).</source>
        <translation>{value} ist kein Volumen aus Grauwerten oder kaum eines ({value2}).</translation>
    </message>
    <message>
        <source>Choose the head scan itself.</source>
        <translation>Wählen Sie die Kopfaufnahme selbst.</translation>
    </message>
    <message>
        <source>Completely open</source>
        <translation>Vollständig offen</translation>
    </message>
    <message>
        <source>The synchondrosis is unfused over its whole height: a continuous cleft from the endocranial to the pharyngeal surface.</source>
        <translation>Die Synchondrose ist auf ganzer Höhe nicht verknöchert: ein durchgehender Spalt von der endokranialen bis zur pharyngealen Fläche.</translation>
    </message>
    <message>
        <source>Superior border fused</source>
        <translation>Oberrand verknöchert</translation>
    </message>
    <message>
        <source>Bone bridges the synchondrosis at its superior (endocranial) border only; the rest of the cleft is open.</source>
        <translation>Knochen überbrückt die Synchondrose nur am oberen (endokranialen) Rand; der übrige Spalt ist offen.</translation>
    </message>
    <message>
        <source>About half fused</source>
        <translation>Etwa zur Hälfte verknöchert</translation>
    </message>
    <message>
        <source>About half of the height is bridged from the endocranial side; the inferior (pharyngeal) part is still open.</source>
        <translation>Etwa die Hälfte der Höhe ist von endokranial her überbrückt; der untere (pharyngeale) Teil ist noch offen.</translation>
    </message>
    <message>
        <source>Fused, scar visible</source>
        <translation>Verknöchert, Narbe sichtbar</translation>
    </message>
    <message>
        <source>Fusion is essentially complete, but a fusion scar still marks where the synchondrosis was.</source>
        <translation>Die Verknöcherung ist im Wesentlichen abgeschlossen, aber eine Fusionsnarbe zeigt noch, wo die Synchondrose war.</translation>
    </message>
    <message>
        <source>Completely fused</source>
        <translation>Vollständig verknöchert</translation>
    </message>
    <message>
        <source>Fusion is complete and the scar is obliterated: bone of normal appearance throughout.</source>
        <translation>Die Verknöcherung ist abgeschlossen und die Narbe aufgelöst: durchweg normal aussehender Knochen.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>The synchondrosis is unfused over its whole height.</source>
        <translation>Die Synchondrose ist auf ganzer Höhe nicht verknöchert.</translation>
    </message>
    <message>
        <source>Fusing endocranially</source>
        <translation>Endokranial verknöchernd</translation>
    </message>
    <message>
        <source>Bone bridges the endocranial (superior) half; the ectocranial half is open.</source>
        <translation>Knochen überbrückt die endokraniale (obere) Hälfte; die ektokraniale Hälfte ist offen.</translation>
    </message>
    <message>
        <source>Fusing ectocranially</source>
        <translation>Ektokranial verknöchernd</translation>
    </message>
    <message>
        <source>Fusion has passed the middle and continues in the ectocranial (pharyngeal) half.</source>
        <translation>Die Verknöcherung hat die Mitte überschritten und setzt sich in der ektokranialen (pharyngealen) Hälfte fort.</translation>
    </message>
    <message>
        <source>The synchondrosis is fused over its whole height, with or without a fusion scar.</source>
        <translation>Die Synchondrose ist auf ganzer Höhe verknöchert, mit oder ohne Fusionsnarbe.</translation>
    </message>
    <message>
        <source>Fusing</source>
        <translation>Verknöchernd</translation>
    </message>
    <message>
        <source>Bone bridges part of the height of the synchondrosis.</source>
        <translation>Knochen überbrückt einen Teil der Höhe der Synchondrose.</translation>
    </message>
    <message>
        <source>Fused</source>
        <translation>Verknöchert</translation>
    </message>
    <message>
        <source>axial</source>
        <translation>axial</translation>
    </message>
    <message>
        <source>coronal</source>
        <translation>koronal</translation>
    </message>
    <message>
        <source>sagittal</source>
        <translation>sagittal</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>card</source>
        <translation>Karte</translation>
    </message>
</context>
<context>
    <name>gui.models_part</name>
    <message>
        <source>The model {name} is not on this computer; {other} is used.
{card}</source>
        <translation>Das Modell {name} ist nicht auf diesem Rechner; {other} wird verwendet.
{card}</translation>
    </message>
    <message>
        <source>The model was not added. {why}</source>
        <translation>Das Modell wurde nicht hinzugefügt. {why}</translation>
    </message>
    <message>
        <source>Import a model</source>
        <translation>Modell importieren</translation>
    </message>
    <message>
        <source>SOSStaging models (*{suffix})</source>
        <translation>SOSStaging-Modelle (*{suffix})</translation>
    </message>
    <message>
        <source>There is no model. Import one (.sosmodel), or install SOSStaging again.</source>
        <translation>Es gibt kein Modell. Importieren Sie eines (.sosmodel) oder installieren Sie SOSStaging neu.</translation>
    </message>
    <message>
        <source>The folder cannot be opened here: {folder}</source>
        <translation>Der Ordner kann hier nicht geöffnet werden: {folder}</translation>
    </message>
    <message>
        <source>Delete the model {name} from this computer?</source>
        <translation>Das Modell {name} von diesem Rechner löschen?</translation>
    </message>
</context>
<context>
    <name>gui.overlay_part</name>
    <message>
        <source>Show stage {stage} ({share}) instead</source>
        <translation>Stadium {stage} ({share}) zeigen</translation>
    </message>
    <message>
        <source>There is no heat map to show.</source>
        <translation>Es gibt keine Wärmekarte zu zeigen.</translation>
    </message>
    <message>
        <source>{share} of the heat lies inside the SOS box.</source>
        <translation>{share} der Wärme liegen innerhalb der SOS-Box.</translation>
    </message>
</context>
<context>
    <name>gui.packages</name>
    <message>
        <source>The installed packages are being looked at already. Press again afterwards.</source>
        <translation>Die installierten Pakete werden gerade geprüft. Drücken Sie danach noch einmal.</translation>
    </message>
    <message>
        <source>Looking at the installed packages, once in a session. This can take a minute...</source>
        <translation>Die installierten Pakete werden angesehen, einmal je Sitzung. Das kann eine Minute dauern ...</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>Mend the installation</source>
        <translation>Installation reparieren</translation>
    </message>
    <message>
        <source>Install what is missing</source>
        <translation>Fehlendes installieren</translation>
    </message>
    <message>
        <source>Everything needed is installed.</source>
        <translation>Alles Nötige ist installiert.</translation>
    </message>
    <message>
        <source>{problems} Restart Slicer; if that does not help, press the button again.</source>
        <translation>{problems} Starten Sie Slicer neu; hilft das nicht, drücken Sie die Schaltfläche noch einmal.</translation>
    </message>
    <message>
        <source>Install Python packages</source>
        <translation>Python-Pakete installieren</translation>
    </message>
    <message>
        <source>Nothing was installed. {problems}</source>
        <translation>Es wurde nichts installiert. {problems}</translation>
    </message>
    <message>
        <source>The packages could not be installed ({why}). Check the network and try again.</source>
        <translation>Die Pakete konnten nicht installiert werden ({why}). Prüfen Sie die Netzverbindung und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The neural network needs these packages in Slicer&apos;s Python, once:</source>
        <translation>Das neuronale Netz braucht diese Pakete in Slicers Python, einmalig:</translation>
    </message>
    <message>
        <source>PyTorch, the network&apos;s engine: 0.2 to 3 GB, depending on the graphics card.</source>
        <translation>PyTorch, der Motor des Netzes: 0,2 bis 3 GB, je nach Grafikkarte.</translation>
    </message>
    <message>
        <source>What is left of the damaged or old PyTorch is taken away first.</source>
        <translation>Was vom beschädigten oder alten PyTorch übrig ist, wird zuerst entfernt.</translation>
    </message>
    <message>
        <source>It comes through the extension PyTorch, which is installed first and needs a restart.</source>
        <translation>Es kommt über die Erweiterung PyTorch, die zuerst installiert wird und einen Neustart braucht.</translation>
    </message>
    <message>
        <source>{names}: the network&apos;s building blocks, below {size} MB.</source>
        <translation>{names}: die Bausteine des Netzes, unter {size} MB.</translation>
    </message>
    <message>
        <source>Nothing about your scans is sent anywhere. Install now?</source>
        <translation>Über Ihre Aufnahmen wird nirgendwohin etwas gesendet. Jetzt installieren?</translation>
    </message>
</context>
<context>
    <name>gui.page</name>
    <message>
        <source>The scan was moved since it was staged: its answer is gone. Stage it again.</source>
        <translation>Die Aufnahme wurde seit der Beurteilung verschoben: Die Antwort gilt nicht mehr. Beurteilen Sie sie noch einmal.</translation>
    </message>
    <message>
        <source>The plane {name} is not placed yet. Place it in a view, or choose none.</source>
        <translation>Die Ebene {name} ist noch nicht gesetzt. Setzen Sie sie in einer Ansicht, oder wählen Sie keine.</translation>
    </message>
    <message>
        <source>{phase}, {left}</source>
        <translation>{phase}, {left}</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>The scan was changed while it was staged. Stage it again.</source>
        <translation>Die Aufnahme wurde während der Beurteilung verändert. Beurteilen Sie sie noch einmal.</translation>
    </message>
    <message>
        <source>{name} has no result yet.</source>
        <translation>{name} hat noch kein Ergebnis.</translation>
    </message>
</context>
<context>
    <name>gui.pytorch</name>
    <message>
        <source>PyTorch was not installed. Try again.</source>
        <translation>PyTorch wurde nicht installiert. Versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Open the Extensions Manager, install the extension PyTorch, restart Slicer and try again.</source>
        <translation>Öffnen Sie den Erweiterungsmanager, installieren Sie die Erweiterung PyTorch, starten Sie Slicer neu und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The extension PyTorch could not be installed. {remedy}</source>
        <translation>Die Erweiterung PyTorch konnte nicht installiert werden. {remedy}</translation>
    </message>
    <message>
        <source>The extension PyTorch is installed. Restart Slicer and try again.</source>
        <translation>Die Erweiterung PyTorch ist installiert. Starten Sie Slicer neu und versuchen Sie es erneut.</translation>
    </message>
</context>
<context>
    <name>gui.result_part</name>
    <message>
        <source>Stage {stage} of {total}: {name}</source>
        <translation>Stadium {stage} von {total}: {name}</translation>
    </message>
    <message>
        <source>⚠ Not assessable</source>
        <translation>⚠ Nicht beurteilbar</translation>
    </message>
    <message>
        <source>not read yet</source>
        <translation>noch nicht abgelesen</translation>
    </message>
    <message>
        <source>No stage is given for this scan. Do not read one from the pictures either.</source>
        <translation>Für diese Aufnahme wird kein Stadium angegeben. Lesen Sie auch aus den Bildern keines ab.</translation>
    </message>
    <message>
        <source>Why:
{reasons}</source>
        <translation>Warum:
{reasons}</translation>
    </message>
    <message>
        <source>What to do: check that this is a head scan that holds the skull base; try another reconstruction of the same scan; set the plane by hand below if it is off. Do not take another scan for this reading.</source>
        <translation>Was zu tun ist: Prüfen Sie, ob dies eine Kopfaufnahme mit der Schädelbasis ist; versuchen Sie eine andere Rekonstruktion derselben Aufnahme; stellen Sie die Ebene unten von Hand ein, wenn sie danebenliegt. Fertigen Sie dafür keine weitere Aufnahme an.</translation>
    </message>
    <message>
        <source>Probability of stage {n}.</source>
        <translation>Wahrscheinlichkeit von Stadium {n}.</translation>
    </message>
    <message>
        <source>{stage} (plausible)</source>
        <translation>{stage} (plausibel)</translation>
    </message>
    <message>
        <source>Stage not determined. Most probable: {stage}, {name}</source>
        <translation>Stadium nicht bestimmt. Am wahrscheinlichsten: {stage}, {name}</translation>
    </message>
    <message>
        <source>Stage {first} or {last} of {total}. Most probable: {stage}, {name}</source>
        <translation>Stadium {first} oder {last} von {total}. Am wahrscheinlichsten: {stage}, {name}</translation>
    </message>
    <message>
        <source>Stage {first} to {last} of {total}. Most probable: {stage}, {name}</source>
        <translation>Stadium {first} bis {last} von {total}. Am wahrscheinlichsten: {stage}, {name}</translation>
    </message>
    <message>
        <source>Research only. Not a medical device. Not for diagnosis, treatment or age decisions.</source>
        <translation>Nur zur Forschung. Kein Medizinprodukt. Nicht für Diagnose, Behandlung oder Altersentscheidungen.</translation>
    </message>
    <message>
        <source>Answered by {model} {version}.</source>
        <translation>Antwort von {model} {version}.</translation>
    </message>
    <message>
        <source>The scan itself: nothing to complain about.</source>
        <translation>Zur Aufnahme selbst: nichts zu beanstanden.</translation>
    </message>
    <message>
        <source>The scan itself:
{list}</source>
        <translation>Zur Aufnahme selbst:
{list}</translation>
    </message>
</context>
<context>
    <name>gui.run</name>
    <message>
        <source>Handing the scan over</source>
        <translation>Übergabe der Aufnahme</translation>
    </message>
    <message>
        <source>Starting the network</source>
        <translation>Start des Netzes</translation>
    </message>
    <message>
        <source>Reading the scan</source>
        <translation>Lesen der Aufnahme</translation>
    </message>
    <message>
        <source>Checking the scan</source>
        <translation>Prüfen der Aufnahme</translation>
    </message>
    <message>
        <source>Finding the midsagittal plane</source>
        <translation>Suche der Mediansagittalebene</translation>
    </message>
    <message>
        <source>Cutting the midsagittal slice</source>
        <translation>Schneiden der Mittsagittalschicht</translation>
    </message>
    <message>
        <source>Judging the synchondrosis</source>
        <translation>Beurteilung der Synchondrose</translation>
    </message>
</context>
<context>
    <name>gui.sample_data</name>
    <message>
        <source>SOS Staging</source>
        <translation>SOS-Stadium</translation>
    </message>
</context>
<context>
    <name>gui.texts</name>
    <message>
        <source>almost done</source>
        <translation>fast fertig</translation>
    </message>
    <message>
        <source>about {n} s left</source>
        <translation>noch etwa {n} s</translation>
    </message>
    <message>
        <source>about {n} min left</source>
        <translation>noch etwa {n} min</translation>
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
