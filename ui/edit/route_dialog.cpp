// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/edit/route_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/edit/config_edits.h"
#include "ui/model/refusal_words.h"

namespace sluice::ui {

RouteDialog::RouteDialog(ConfigEdits& edits, const QString& model, QWidget* parent)
    : QDialog(parent),
      m_edits(edits),
      m_existing(model.toStdString()),
      m_model(new QLineEdit(model)),
      m_balance(new QComboBox),
      m_targets(new QTableWidget(0, 4)),
      m_fault(new QLabel) {
  setObjectName(QStringLiteral("routeDialog"));
  setWindowTitle(model.isEmpty() ? tr("Add a route") : tr("Route %1").arg(model));
  resize(640, 420);
  m_model->setObjectName(QStringLiteral("routeModel"));
  m_model->setPlaceholderText(tr("gpt-4o-mini, or openai/*, or *"));
  m_balance->setObjectName(QStringLiteral("routeBalance"));
  m_balance->addItem(tr("round robin, by weight"), int(config::Balance::RoundRobin));
  m_balance->addItem(tr("fewest calls under way"), int(config::Balance::LeastConnections));
  m_balance->addItem(tr("lowest latency"), int(config::Balance::Latency));
  m_targets->setObjectName(QStringLiteral("routeTargets"));
  m_targets->setAccessibleName(tr("Targets"));
  m_targets->setHorizontalHeaderLabels(
      {tr("Provider"), tr("Model there"), tr("Weight"), tr("Tier")});
  m_targets->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
  m_targets->verticalHeader()->hide();
  m_targets->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_targets->setTabKeyNavigation(false);
  m_fault->setObjectName(QStringLiteral("routeFault"));
  m_fault->setWordWrap(true);
  m_fault->setForegroundRole(QPalette::BrightText);
  auto* add = new QPushButton(tr("A&dd target"));
  add->setObjectName(QStringLiteral("routeAddTarget"));
  auto* remove = new QPushButton(tr("&Remove target"));
  remove->setObjectName(QStringLiteral("routeRemoveTarget"));
  auto* form = new QFormLayout;
  form->addRow(tr("&Model asked for"), m_model);
  form->addRow(tr("&Shared out by"), m_balance);
  auto* row = new QHBoxLayout;
  row->addWidget(add);
  row->addWidget(remove);
  row->addStretch();
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  m_save =
      buttons->addButton(model.isEmpty() ? tr("&Add") : tr("&Save"), QDialogButtonBox::AcceptRole);
  m_save->setObjectName(QStringLiteral("routeSave"));
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(form);
  layout->addWidget(m_targets, 1);
  layout->addLayout(row);
  layout->addWidget(m_fault);
  layout->addWidget(buttons);

  const auto config = m_edits.engine().config();
  const auto route = std::ranges::find(config->routes, m_existing, &config::Route::model);
  if (!m_existing.empty() && route != config->routes.end()) {
    m_balance->setCurrentIndex(m_balance->findData(int(route->balance)));
    for (const config::Target& target : route->targets) addTarget(target);
  } else if (!config->providers.empty()) {
    addTarget({config->providers.front().id, "", 1, 0});
  }
  const auto edited = [this] {
    m_edited = true;
    checkForm();
  };
  connect(m_model, &QLineEdit::textChanged, this, edited);
  connect(add, &QPushButton::clicked, this, [this, edited] {
    const auto now = m_edits.engine().config();
    if (!now->providers.empty()) addTarget({now->providers.front().id, "", 1, 0});
    edited();
  });
  connect(remove, &QPushButton::clicked, this, [this, edited] {
    m_targets->removeRow(m_targets->currentRow());
    edited();
  });
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(buttons, &QDialogButtonBox::accepted, this, [this, edited] {
    edited();
    if (m_sound && m_edits.change([this](config::Config& next) { next = wanted(); })) accept();
  });
  checkForm();
}

void RouteDialog::addTarget(const config::Target& target) {
  const int row = m_targets->rowCount();
  m_targets->insertRow(row);
  auto* provider = new QComboBox;
  provider->setAccessibleName(tr("Provider of target %1").arg(row + 1));
  const auto config = m_edits.engine().config();
  for (const config::Provider& p : config->providers) {
    provider->addItem(QString::fromStdString(p.id));
  }
  provider->setCurrentText(QString::fromStdString(target.provider));
  auto* model = new QLineEdit(QString::fromStdString(target.model));
  model->setPlaceholderText(tr("as asked for"));
  model->setAccessibleName(tr("Model of target %1").arg(row + 1));
  auto* weight = new QSpinBox;
  weight->setRange(1, 1000);
  weight->setValue(static_cast<int>(target.weight));
  weight->setAccessibleName(tr("Weight of target %1").arg(row + 1));
  auto* tier = new QSpinBox;
  tier->setRange(0, 100);
  tier->setValue(static_cast<int>(target.priority));
  tier->setAccessibleName(tr("Tier of target %1").arg(row + 1));
  tier->setToolTip(tr("Larger ones are for when all smaller ones cannot serve."));
  m_targets->setCellWidget(row, 0, provider);
  m_targets->setCellWidget(row, 1, model);
  m_targets->setCellWidget(row, 2, weight);
  m_targets->setCellWidget(row, 3, tier);
}

config::Config RouteDialog::wanted() const {
  config::Config next = *m_edits.engine().config();
  auto route = std::ranges::find(next.routes, m_existing, &config::Route::model);
  if (m_existing.empty() || route == next.routes.end()) {
    next.routes.emplace_back();
    route = next.routes.end() - 1;
  }
  route->model = m_model->text().trimmed().toStdString();
  route->balance = static_cast<config::Balance>(m_balance->currentData().toInt());
  route->targets.clear();
  for (int row = 0; row < m_targets->rowCount(); ++row) {
    const auto* provider = static_cast<QComboBox*>(m_targets->cellWidget(row, 0));
    const auto* model = static_cast<QLineEdit*>(m_targets->cellWidget(row, 1));
    const auto* weight = static_cast<QSpinBox*>(m_targets->cellWidget(row, 2));
    const auto* tier = static_cast<QSpinBox*>(m_targets->cellWidget(row, 3));
    route->targets.push_back({provider->currentText().toStdString(), model->text().toStdString(),
                              static_cast<std::uint32_t>(weight->value()),
                              static_cast<std::uint32_t>(tier->value())});
  }
  return next;
}

void RouteDialog::checkForm() {
  QString fault = m_edits.readOnly();
  if (fault.isEmpty()) {
    const auto faults = config::check(wanted());
    if (!faults.empty()) fault = refusalWords(faults.front().message);
  }
  // A form nobody has touched is empty, not wrong.
  const bool told = m_edited || !m_edits.readOnly().isEmpty();
  m_sound = fault.isEmpty();
  m_fault->setText(told ? fault : QString());
  m_save->setEnabled(m_sound || !told);
}

}  // namespace sluice::ui
