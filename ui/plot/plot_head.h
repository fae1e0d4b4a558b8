// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <vector>

class QGridLayout;
class QLabel;

namespace sluice::ui {

/// What stands above a plot: its title and its legend, beside it or, where that leaves no room, below.
class PlotHead final : public QWidget {
 public:
  static constexpr int kRightMargin = 10;  ///< in pixels; that of the plot as well

  struct Entry {
    QColor color;
    QString words;
    QString group = {};  ///< what this entry and those after it have in common, said before it
    bool operator==(const Entry&) const = default;
  };

  explicit PlotHead(const QString& title, QWidget* parent = nullptr);

  QString title() const;
  void setLegend(const std::vector<Entry>& entries);
  void setLegendColor(const QColor& text);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void placeLegend();
  void layOutLegend();

  QLabel* m_title;
  QLabel* m_legend;
  QGridLayout* m_layout;
  std::vector<Entry> m_entries;
  bool m_hasLegend = false;  // even if nothing is in it yet
};

}  // namespace sluice::ui
