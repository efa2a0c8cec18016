/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-plasma-abi.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

namespace
{
/* A slot of a virtual table, counted in pointers from its symbol; the first two are the offset and the
 * type. */
struct Slot {
    unsigned index;
    const char *function;
};

#define SETTING "QSharedPointerIN14NetworkManager7SettingEE"

const Slot widget_slots[] = {
    {2, "_ZNK13SettingWidget10metaObjectEv"},
    {4, "_ZN13SettingWidget11qt_metacallEN11QMetaObject4CallEiPPv"},
    {54, "_ZN13SettingWidget10loadConfigERK14" SETTING},
    {55, "_ZN13SettingWidget11loadSecretsERK14" SETTING},
    {56, "__cxa_pure_virtual"},
};
const unsigned widget_size = 68;

const Slot plugin_slots[] = {
    {2, "_ZNK11VpnUiPlugin10metaObjectEv"},
    {4, "_ZN11VpnUiPlugin11qt_metacallEN11QMetaObject4CallEiPPv"},
    {14, "__cxa_pure_virtual"},
    {15, "__cxa_pure_virtual"},
    {16, "__cxa_pure_virtual"},
    {17, "_ZNK11VpnUiPlugin23supportedFileExtensionsEv"},
    {18, "_ZN11VpnUiPlugin24importConnectionSettingsERK7QString"},
    {19,
     "_ZN11VpnUiPlugin24exportConnectionSettingsERK14QSharedPointerIN14NetworkManager18ConnectionSettings"
     "EERK7QString"},
    {20, "_ZNK11VpnUiPlugin26suggestedAuthDialogButtonsEv"},
};
const unsigned plugin_size = 21;

template<size_t N>
QString difference(const char *name, const Slot (&expected)[N], unsigned size)
{
    auto table = static_cast<void *const *>(dlsym(RTLD_DEFAULT, name));
    const ElfW(Sym) *symbol = nullptr;
    Dl_info info;

    if (!table || !dladdr1(table, &info, (void **) &symbol, RTLD_DL_SYMENT) || !symbol)
        return QStringLiteral("%1 is missing").arg(QLatin1String(name));
    if (symbol->st_size != size * sizeof(void *))
        return QStringLiteral("%1 has %2 bytes instead of %3")
            .arg(QLatin1String(name))
            .arg(symbol->st_size)
            .arg(size * sizeof(void *));
    for (const Slot &slot : expected) {
        void *function = dlsym(RTLD_DEFAULT, slot.function);

        if (!function || table[slot.index] != function)
            return QStringLiteral("%1 has another function at %2 than %3")
                .arg(QLatin1String(name))
                .arg(slot.index)
                .arg(QLatin1String(slot.function));
    }
    return {};
}
} // namespace

QString wl_plasma_abi_difference()
{
    const QString text = difference("_ZTV11VpnUiPlugin", plugin_slots, plugin_size);

    return text.isEmpty() ? difference("_ZTV13SettingWidget", widget_slots, widget_size) : text;
}
