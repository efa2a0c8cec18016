/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-doctor.h"

/**
 * Adds a finding for each system call that the filter of the service or of wirelinkd refused since
 * the machine started, by the kernel's log, which root can read.
 */
void wl_check_refused_calls(WlDoctor *doctor);
