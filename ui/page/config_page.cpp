// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/config_page.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStandardPaths>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include "gateway/config/yaml.h"
#include "ui/edit/config_edits.h"
#include "ui/edit/diff_view.h"
#include "ui/edit/provider_dialog.h"
#include "ui/edit/route_dialog.h"
#include "ui/edit/yaml_editor.h"
#include "ui/model/file_words.h"
#include "ui/model/line_diff.h"
#include "ui/model/refusal_words.h"
#include "ui/model/revision_model.h"
#include "ui/style/elided_label.h"

namespace sluice::ui {

namespace {
constexpr int kCheckMs = 250;
}

ConfigPage::ConfigPage(const PageContext& context)
    : m_engine(context.engine),
      m_edits(context.edits),
      m_editor(new YamlEditor),
      m_state(new ElidedLabel),
      m_meanwhile(new QFrame),
      m_showMeanwhile(new QPushButton(tr("Show &what changed"))),
      m_merge(new QPushButton(tr("Take &it into this text"))),
      m_fault(new QLabel),
      m_apply(new QPushButton(tr("&Apply and save"))),
      m_revert(new QPushButton(tr("Rever&t"))),
      m_saveAs(new QPushButton(tr("Make a &config file"))),
      m_editMenu(new QMenu(this)),
      m_tabs(new QTabWidget),
      m_changes(new DiffView),
      m_revisions(new RevisionModel(this)),
      m_history(new QTreeView),
      m_revision(new DiffView),
      m_restore(new QPushButton(tr("&Restore this revision"))) {
  setObjectName(QStringLiteral("configPage"));
  auto* splitter = new QSplitter(Qt::Horizontal);
  splitter->setChildrenCollapsible(false);
  splitter->addWidget(makeEditor());
  splitter->addWidget(makeSide());
  splitter->setStretchFactor(0, 5);
  splitter->setStretchFactor(1, 4);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 10);
  layout->addWidget(splitter);

  m_check.setSingleShot(true);
  m_check.setInterval(kCheckMs);
  connect(&m_check, &QTimer::timeout, this, &ConfigPage::checkText);
  connect(m_editor, &QPlainTextEdit::textChanged, this, [this] { m_check.start(); });
  connect(m_apply, &QPushButton::clicked, this, &ConfigPage::apply);
  m_revert->setToolTip(tr("Puts back the text that is in force. Ctrl+Z in the text undoes that."));
  connect(m_revert, &QPushButton::clicked, this, [this] {
    m_editor->replaceText(m_running);
    m_editor->setFocus();  // where Ctrl+Z is that of the text
    checkText();
  });
  connect(m_showMeanwhile, &QPushButton::toggled, this, [this](bool on) {
    if (on) m_tabs->setCurrentIndex(0);
    showChanges();
  });
  connect(m_merge, &QPushButton::clicked, this, &ConfigPage::merge);
  connect(m_saveAs, &QPushButton::clicked, this, &ConfigPage::saveAs);
  connect(&m_engine, &Engine::fileChanged, this, &ConfigPage::refresh);
  auto* save = new QShortcut(QKeySequence::Save, this);
  save->setContext(Qt::WidgetWithChildrenShortcut);
  connect(save, &QShortcut::activated, this, &ConfigPage::apply);
  refresh();
}

QWidget* ConfigPage::makeEditor() {
  m_editor->setObjectName(QStringLiteral("configEditor"));
  m_editor->setAccessibleName(tr("Config as YAML"));
  m_state->setObjectName(QStringLiteral("configState"));
  m_fault->setObjectName(QStringLiteral("configFault"));
  m_fault->setWordWrap(true);
  m_fault->setMinimumHeight(m_fault->fontMetrics().height() * 2 + 2);
  m_fault->setAlignment(Qt::AlignTop);
  m_apply->setObjectName(QStringLiteral("configApply"));
  m_revert->setObjectName(QStringLiteral("configRevert"));
  m_saveAs->setObjectName(QStringLiteral("configSaveAs"));
  auto* add = new QPushButton(tr("Add &provider\u2026"));
  add->setObjectName(QStringLiteral("configAddProvider"));
  connect(add, &QPushButton::clicked, this, [this] { ProviderDialog(m_edits, {}, this).exec(); });
  auto* edit = new QToolButton;
  edit->setObjectName(QStringLiteral("configForms"));
  edit->setText(tr("Forms"));
  edit->setAccessibleName(tr("Edit a provider or route as a form"));
  edit->setPopupMode(QToolButton::InstantPopup);
  edit->setFocusPolicy(Qt::StrongFocus);
  edit->setMenu(m_editMenu);
  m_editMenu->setObjectName(QStringLiteral("configFormsMenu"));
  connect(m_editMenu, &QMenu::aboutToShow, this, &ConfigPage::fillForms);
  fillForms();
  auto* top = new QHBoxLayout;
  top->addWidget(add);
  top->addWidget(edit);
  top->addStretch();
  top->addWidget(m_saveAs);
  auto* bottom = new QHBoxLayout;
  bottom->addWidget(m_fault, 1);
  bottom->addWidget(m_revert, 0, Qt::AlignTop);
  bottom->addWidget(m_apply, 0, Qt::AlignTop);
  auto* side = new QWidget;
  auto* layout = new QVBoxLayout(side);
  layout->setContentsMargins(0, 0, 4, 0);
  layout->addLayout(top);
  layout->addWidget(m_state);
  layout->addWidget(makeMeanwhile());
  layout->addWidget(m_editor, 1);
  layout->addLayout(bottom);
  return side;
}

QWidget* ConfigPage::makeMeanwhile() {
  m_meanwhile->setObjectName(QStringLiteral("configMeanwhile"));
  m_meanwhile->setFrameShape(QFrame::StyledPanel);
  auto* words = new QLabel(
      tr("\u26A0 The config in force changed while you were typing. Applying this text would take "
         "that change back."));
  words->setWordWrap(true);
  words->setForegroundRole(QPalette::BrightText);
  m_showMeanwhile->setObjectName(QStringLiteral("configShowMeanwhile"));
  m_showMeanwhile->setCheckable(true);
  m_merge->setObjectName(QStringLiteral("configMerge"));
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(m_showMeanwhile);
  buttons->addWidget(m_merge);
  buttons->addStretch();
  auto* layout = new QVBoxLayout(m_meanwhile);
  layout->addWidget(words);
  layout->addLayout(buttons);
  m_meanwhile->hide();
  return m_meanwhile;
}

QWidget* ConfigPage::makeSide() {
  m_tabs->setObjectName(QStringLiteral("configTabs"));
  m_tabs->setDocumentMode(true);
  m_changes->setObjectName(QStringLiteral("configChanges"));
  m_changes->setAccessibleName(tr("What applying would change"));
  m_tabs->addTab(m_changes, tr("Changes"));
  m_history->setObjectName(QStringLiteral("configHistory"));
  m_history->setAccessibleName(tr("Revisions, newest first"));
  m_history->setModel(m_revisions);
  m_history->setSelectionMode(QAbstractItemView::SingleSelection);
  m_history->setRootIsDecorated(false);
  m_history->setUniformRowHeights(true);
  m_history->setAlternatingRowColors(true);
  m_history->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_history->header()->setMinimumSectionSize(24);
  m_history->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_history->header()->setSectionResizeMode(RevisionModel::What, QHeaderView::Stretch);
  m_revision->setObjectName(QStringLiteral("configRevision"));
  m_revision->setAccessibleName(tr("What restoring would change"));
  m_restore->setObjectName(QStringLiteral("configRestore"));
  m_restore->setEnabled(false);
  auto* lower = new QWidget;
  auto* lowerLayout = new QVBoxLayout(lower);
  lowerLayout->setContentsMargins(0, 4, 0, 0);
  lowerLayout->addWidget(m_revision, 1);
  lowerLayout->addWidget(m_restore, 0, Qt::AlignRight);
  auto* history = new QSplitter(Qt::Vertical);
  history->setChildrenCollapsible(false);
  history->addWidget(m_history);
  history->addWidget(lower);
  m_tabs->addTab(history, tr("History"));
  connect(m_history->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          &ConfigPage::showRevision);
  connect(m_restore, &QPushButton::clicked, this, &ConfigPage::restore);
  return m_tabs;
}

void ConfigPage::fillForms() {
  m_editMenu->clear();
  const auto config = m_engine.config();
  if (!config) return;
  m_editMenu->addAction(tr("Add a route\u2026"), this,
                        [this] { RouteDialog(m_edits, {}, this).exec(); });
  m_editMenu->addSection(tr("Providers"));
  for (const config::Provider& provider : config->providers) {
    const QString id = QString::fromStdString(provider.id);
    m_editMenu->addAction(id, this, [this, id] { ProviderDialog(m_edits, id, this).exec(); });
  }
  m_editMenu->addSection(tr("Routes"));
  for (const config::Route& route : config->routes) {
    const QString model = QString::fromStdString(route.model);
    m_editMenu->addAction(model, this, [this, model] { RouteDialog(m_edits, model, this).exec(); });
  }
}

void ConfigPage::showConfig(const config::Config&, const QString&) {
  refresh();
}

void ConfigPage::refresh() {
  const QString text = QString::fromStdString(m_engine.configText());
  const bool edited = m_editor->toPlainText() != m_running;
  if (text != m_running) {
    m_running = text;
    // What is being typed stays: the differences are shown beside it.
    if (!edited) m_editor->replaceText(text);
  }
  const FileState state = m_engine.fileState();
  m_state->setText(fileReason(state));
  m_state->setForegroundRole(state.refused.isEmpty() ? QPalette::PlaceholderText
                                                     : QPalette::BrightText);
  m_saveAs->setVisible(state.file.isEmpty());
  m_editor->setReadOnly(!state.readOnly.isEmpty());
  m_revisions->update(m_engine.revisions());
  checkText();
  showRevision();
}

void ConfigPage::checkText() {
  m_check.stop();
  const QString text = m_editor->toPlainText();
  const config::ReadResult read = config::readYaml(text.toStdString());
  m_editor->setFaults(read.faults);
  const bool edited = text != m_running;
  m_fault->setForegroundRole(read.faults.empty() ? QPalette::PlaceholderText
                                                 : QPalette::BrightText);
  if (!read.faults.empty()) {
    const config::Fault& fault = read.faults.front();
    QString words = tr("\u2717 Line %1: %2")
                        .arg(fault.line)
                        .arg(QString::fromStdString(fault.path.empty() ? "" : fault.path + ": ") +
                             refusalWords(fault.message));
    if (read.faults.size() > 1) words += tr(" (and %1 more)").arg(read.faults.size() - 1);
    m_fault->setText(words);
  } else {
    m_fault->setText(edited ? tr("\u2713 Sound. Nothing is in force before it is applied.")
                            : tr("\u2713 This is in force."));
  }
  const bool free = m_edits.readOnly().isEmpty();
  m_apply->setEnabled(free && edited && read.config.has_value());
  m_revert->setEnabled(edited);
  // What is typed next begins with what is in force.
  if (!edited) m_base = m_running;
  const bool meanwhile = m_base != m_running;
  m_meanwhile->setVisible(meanwhile);
  if (meanwhile) {
    const bool merges = mergeLines(m_base, text, m_running).has_value();
    m_merge->setEnabled(merges);
    m_merge->setToolTip(merges ? QString() : tr("Both changed the same lines."));
  } else {
    m_showMeanwhile->setChecked(false);
  }
  showChanges();
}

void ConfigPage::showChanges() {
  const bool meanwhile = m_showMeanwhile->isChecked();
  m_tabs->setTabText(0, meanwhile ? tr("Changed meanwhile") : tr("Changes"));
  if (meanwhile) {
    m_changes->show(m_base, m_running, {});
  } else {
    m_changes->show(m_running, m_editor->toPlainText(), tr("The text is what is in force."));
  }
}

void ConfigPage::merge() {
  const auto merged = mergeLines(m_base, m_editor->toPlainText(), m_running);
  if (!merged) return;
  m_base = m_running;
  m_editor->replaceText(*merged);
  m_editor->setFocus();
  checkText();
}

void ConfigPage::apply() {
  checkText();
  if (!m_apply->isEnabled()) return;
  const QString text = m_editor->toPlainText();
  const ApplyResult result = m_edits.replaceText(text.toStdString(), Author::Window, {});
  if (!result.applied()) {
    m_editor->setFaults(result.faults);
    m_fault->setText(refusalWords(result.faults.front().message));
  }
  refresh();
}

void ConfigPage::showRevision() {
  const Revision* revision = m_revisions->at(m_history->currentIndex().row());
  m_restore->setEnabled(revision && m_edits.readOnly().isEmpty() &&
                        revision->text != m_running.toStdString());
  m_revision->show(m_running, revision ? QString::fromStdString(revision->text) : m_running,
                   revision ? tr("This revision is in force.") : tr("Choose a revision above."));
}

void ConfigPage::restore() {
  const Revision* revision = m_revisions->at(m_history->currentIndex().row());
  if (!revision) return;
  const ApplyResult result = m_edits.replaceText(
      revision->text, Author::Rollback, QStringLiteral("back to %1").arg(revision->number));
  if (!result.applied()) m_revision->setPlainText(refusalWords(result.faults[0].message));
}

void ConfigPage::saveAs() {
  const QString file = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                       QStringLiteral("/sluice/sluice.yaml");
  const QString problem = m_engine.saveAs(file);
  if (!problem.isEmpty()) m_fault->setText(refusalWords(problem));
}

}  // namespace sluice::ui
