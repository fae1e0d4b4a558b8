// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/config_page.h"

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
#include "ui/model/revision_model.h"

namespace sluice::ui {

namespace {
constexpr int kCheckMs = 250;
}

ConfigPage::ConfigPage(const PageContext& context)
    : m_engine(context.engine),
      m_edits(context.edits),
      m_editor(new YamlEditor),
      m_state(new QLabel),
      m_fault(new QLabel),
      m_apply(new QPushButton(tr("&Apply and save"))),
      m_revert(new QPushButton(tr("Re&vert"))),
      m_saveAs(new QPushButton(tr("Make a config &file"))),
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
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 10);
  layout->addWidget(splitter);

  m_check.setSingleShot(true);
  m_check.setInterval(kCheckMs);
  connect(&m_check, &QTimer::timeout, this, &ConfigPage::checkText);
  connect(m_editor, &QPlainTextEdit::textChanged, this, [this] { m_check.start(); });
  connect(m_apply, &QPushButton::clicked, this, &ConfigPage::apply);
  connect(m_revert, &QPushButton::clicked, this, [this] {
    m_editor->setPlainText(m_running);
    checkText();
  });
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
  m_state->setForegroundRole(QPalette::PlaceholderText);
  m_state->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
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
  top->addWidget(m_state, 1);
  top->addWidget(m_saveAs);
  auto* bottom = new QHBoxLayout;
  bottom->addWidget(m_fault, 1);
  bottom->addWidget(m_revert, 0, Qt::AlignTop);
  bottom->addWidget(m_apply, 0, Qt::AlignTop);
  auto* side = new QWidget;
  auto* layout = new QVBoxLayout(side);
  layout->setContentsMargins(0, 0, 4, 0);
  layout->addLayout(top);
  layout->addWidget(m_editor, 1);
  layout->addLayout(bottom);
  return side;
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
    if (!edited) m_editor->setPlainText(text);
  }
  const FileState state = m_engine.fileState();
  m_state->setText(state.file.isEmpty()        ? tr("No file: changes last until the program ends.")
                   : !state.readOnly.isEmpty() ? tr("Read-only: %1").arg(state.readOnly)
                   : !state.problem.isEmpty()  ? tr("Not written: %1").arg(state.problem)
                   : state.saved               ? tr("\u2713 saved")
                                               : tr("Not written yet"));
  m_state->setToolTip(state.file.isEmpty() ? m_state->text() : state.file);
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
                        .arg(QString::fromStdString((fault.path.empty() ? "" : fault.path + ": ") +
                                                    fault.message));
    if (read.faults.size() > 1) words += tr(" (and %1 more)").arg(read.faults.size() - 1);
    m_fault->setText(words);
  } else {
    m_fault->setText(edited ? tr("\u2713 Sound. Nothing is in force before it is applied.")
                            : tr("\u2713 This is in force."));
  }
  const bool free = m_edits.readOnly().isEmpty();
  m_apply->setEnabled(free && edited && read.config.has_value());
  m_revert->setEnabled(edited);
  m_changes->show(m_running, text, tr("The text is what is in force."));
}

void ConfigPage::apply() {
  checkText();
  if (!m_apply->isEnabled()) return;
  const QString text = m_editor->toPlainText();
  const ApplyResult result = m_edits.replaceText(text.toStdString(), Author::Window, {});
  if (!result.applied()) {
    m_editor->setFaults(result.faults);
    m_fault->setText(QString::fromStdString(result.faults.front().message));
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
  if (!result.applied()) m_revision->setPlainText(QString::fromStdString(result.faults[0].message));
}

void ConfigPage::saveAs() {
  const QString file = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                       QStringLiteral("/sluice/sluice.yaml");
  const QString problem = m_engine.saveAs(file);
  if (!problem.isEmpty()) m_fault->setText(problem);
}

}  // namespace sluice::ui
