/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-doctor.h"

/** Checks WireGuard, the files of the plugin, the clock and IPv6. */
void wl_check_host(WlDoctor *doctor);
