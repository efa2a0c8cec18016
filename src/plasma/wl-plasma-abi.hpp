/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Whether the loaded libplasmanm_editor has the classes of wl-plasma-interface.hpp. */

#include <QString>

/* Compares the virtual tables with what this module was compiled for. Returns what differs, or an
 * empty text. Missing functions are found before: the module is linked so that it cannot be loaded
 * without them. */
QString wl_plasma_abi_difference();
