// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// To be included before anything else: QCustomPlot needs the foreach that our own code does without.
#undef QT_NO_FOREACH
#include <qcustomplot.h>
