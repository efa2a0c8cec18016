/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** @prefixes (of WlPrefix) as floating "as"; empty if NULL. */
GVariant *wl_prefixes_to_variant(const GArray *prefixes);
