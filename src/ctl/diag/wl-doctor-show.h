/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-doctor.h"
#include "wl-exit.h"

/** Prints the findings on standard output; WL_EXIT_FAILURE if one of them is a failure. */
WlExit wl_doctor_show(const WlDoctor *doctor, gboolean json);
