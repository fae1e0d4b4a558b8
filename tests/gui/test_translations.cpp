// SPDX-License-Identifier: GPL-3.0-or-later
// Every message has its translation, with the same places for values; none is missing from the file.
#include <QCoreApplication>
#include <QDomDocument>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>
#include <algorithm>

namespace {

const QString kFile = QStringLiteral(SLUICE_SOURCE_DIR "/resources/i18n/sluice_de.ts");

QStringList placesOf(const QString& text) {
  static const QRegularExpression place(QStringLiteral("%(\\d|n)"));
  QStringList places;
  for (auto it = place.globalMatch(text); it.hasNext();) places << it.next().captured();
  std::ranges::sort(places);
  places.removeDuplicates();
  return places;
}

QDomNodeList messagesOf(const QString& path) {
  QFile file(path);
  QDomDocument document;
  if (file.open(QIODevice::ReadOnly)) document.setContent(&file);
  return document.elementsByTagName(QStringLiteral("message"));
}

}  // namespace

class TestTranslations : public QObject {
  Q_OBJECT
 private slots:
  void everyMessageIsTranslated() {
    const QDomNodeList messages = messagesOf(kFile);
    QVERIFY(messages.size() > 300);
    for (int i = 0; i < messages.size(); ++i) {
      const QDomElement message = messages.at(i).toElement();
      const QString source = message.firstChildElement(QStringLiteral("source")).text();
      const QDomElement translation = message.firstChildElement(QStringLiteral("translation"));
      QVERIFY2(!translation.hasAttribute(QStringLiteral("type")), qPrintable(source));
      QDomElement form = translation.firstChildElement(QStringLiteral("numerusform"));
      const QDomElement first = form.isNull() ? translation : form;
      QVERIFY2(!first.text().isEmpty(), qPrintable(source));
      QVERIFY2(placesOf(first.text()) == placesOf(source), qPrintable(source));
      QCOMPARE(first.text().endsWith(QLatin1Char(' ')), source.endsWith(QLatin1Char(' ')));
    }
  }

  void theFileKnowsEveryMessage() {
    QTemporaryDir folder;
    const QString copy = folder.filePath(QStringLiteral("sluice_de.ts"));
    QVERIFY(QFile::copy(kFile, copy));
    QProcess lupdate;
    lupdate.setWorkingDirectory(QStringLiteral(SLUICE_SOURCE_DIR));
    lupdate.start(QStringLiteral(SLUICE_LUPDATE),
                  {QStringLiteral("-silent"), QStringLiteral("-no-obsolete"),
                   QStringLiteral("-locations"), QStringLiteral("none"), QStringLiteral("-I"),
                   QStringLiteral("."), QStringLiteral("ui"), QStringLiteral("-ts"), copy});
    QVERIFY(lupdate.waitForFinished(60'000));
    const QDomNodeList messages = messagesOf(copy);
    QStringList missing;
    for (int i = 0; i < messages.size(); ++i) {
      const QDomElement message = messages.at(i).toElement();
      const QDomElement translation = message.firstChildElement(QStringLiteral("translation"));
      if (translation.attribute(QStringLiteral("type")) == QLatin1String("unfinished")) {
        missing << message.firstChildElement(QStringLiteral("source")).text();
      }
    }
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(QLatin1Char('\n'))));
  }

  void germanIsSpoken() {
    QTemporaryDir folder;
    const QString made = folder.filePath(QStringLiteral("sluice_de.qm"));
    QCOMPARE(QProcess::execute(QStringLiteral(SLUICE_LRELEASE),
                               {QStringLiteral("-silent"), kFile, QStringLiteral("-qm"), made}),
             0);
    QTranslator german;
    QVERIFY(german.load(made));
    QCoreApplication::installTranslator(&german);
    QCOMPARE(QCoreApplication::translate("Pages", "Overview"), QStringLiteral("\u00DCbersicht"));
    QCOMPARE(QCoreApplication::translate("sluice::ui::ProviderDialog",
                                         "\u2713 It answers, with %n model(s).", nullptr, 2),
             QStringLiteral("\u2713 Er antwortet, mit 2 Modellen."));
  }
};

QTEST_GUILESS_MAIN(TestTranslations)
#include "test_translations.moc"
