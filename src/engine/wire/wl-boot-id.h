/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-fact.h"

void wl_boot_id_make(WlBootId *id, WlRandomFunc random, gpointer user_data);
/** Made by this engine: it answers pings. */
gboolean wl_boot_id_is_ours(const WlBootId *id);
