/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Values of NetworkManagerQt for the profile library, which takes those of libnm. */

#include <NetworkManager.h>
#include <NetworkManagerQt/GenericTypes>

/* A setting with these data and secrets, to be unreferenced. Empty values are left out. */
NMSettingVpn *wl_plasma_setting_to_libnm(const NMStringMap &data, const NMStringMap &secrets);

/* What an activation would say of them, or an empty text. Secrets of the user may be missing. */
QString wl_plasma_setting_error(const NMStringMap &data, const NMStringMap &secrets);
