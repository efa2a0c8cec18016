/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Keeps the secrets in memory out of core dumps, and the process from being traced. To be called
 * before any secret is read. */
void wl_no_core(void);
