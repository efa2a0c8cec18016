/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profiles.h"

/** The state of the profiles as metrics in the text format of Prometheus; to be freed. */
char *wl_prometheus_format(const WlActiveProfiles *profiles);
