/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Sets the key of the hash, and with it the order of all hash tables. No table may exist. */
void table_order_set(guint64 order);
