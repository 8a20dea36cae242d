// Debian 12 has no OpenSSL provider for PKCS#11, only the older engine. Its calls are marked as deprecated; this is the
// one file that uses them (docs/decisions/0007-keys-in-tokens.md).
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#include "lib/crypto/token_key.hpp"

#include <algorithm>
#include <vector>

#include <dlfcn.h>
#include <fmt/format.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/ui.h>

#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

using openssl::CallFree;
using openssl::require;
struct FreeEngine {
    void operator()(ENGINE* engine) const noexcept { (void)ENGINE_free(engine); }
};
struct FinishEngine {
    void operator()(ENGINE* engine) const noexcept { (void)ENGINE_finish(engine); }
};
using EnginePtr = std::unique_ptr<ENGINE, FreeEngine>;
using RunningEnginePtr = std::unique_ptr<ENGINE, FinishEngine>;
using LibraryPtr = std::unique_ptr<void, CallFree<::dlclose>>;
using DialogPtr = std::unique_ptr<UI_METHOD, CallFree<UI_destroy_method>>;

// Between these two: CKR_PIN_INVALID and CKR_PIN_LEN_RANGE.
constexpr int k_pin_incorrect = 0xA0;
constexpr int k_pin_expired = 0xA3;
constexpr int k_pin_locked = 0xA4;

// Answers when the engine asks for a PIN: before a login, unless it was told the PIN, and before each signature of a
// key that wants it so (CKA_ALWAYS_AUTHENTICATE).
class PinDesk {
public:
    // A PIN that a token has taken. With two of them there is no telling which one a question is about.
    void keep(const Secret& pin) {
        if (m_pin.empty()) {
            m_pin = pin.duplicate();
        } else if (m_pin.reveal() != pin.reveal()) {
            m_ambiguous = true;
        }
    }

    void open() noexcept { m_asked = false; }

    const Secret* ask() noexcept {
        m_asked = true;
        return m_pin.empty() || m_ambiguous ? nullptr : &m_pin;
    }

    bool was_asked() const noexcept { return m_asked; }

private:
    Secret m_pin;
    bool m_ambiguous = false;
    bool m_asked = false;
};

int answer_prompt(UI* dialog, UI_STRING* question) {
    auto* desk = static_cast<PinDesk*>(UI_get0_user_data(dialog));
    const Secret* pin = desk == nullptr ? nullptr : desk->ask();
    if (pin == nullptr) return 0;
    const std::string_view text = pin->reveal();
    return UI_set_result_ex(dialog, question, text.data(), static_cast<int>(text.size())) == 0 ? 1 : 0;
}

DialogPtr make_dialog() {
    DialogPtr dialog(require(UI_create_method("umsadm"), "allocate memory"));
    UI_method_set_reader(dialog.get(), answer_prompt);
    return dialog;
}

// OpenSSL's tables of error texts, and its indexes of extra data, point into the engine's library for good.
void never_unload(ENGINE& engine) {
    Dl_info info{};
    if (::dladdr(reinterpret_cast<void*>(ENGINE_get_init_function(&engine)), &info) != 0) {
        (void)::dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
    }
}

EnginePtr load_engine() {
    EnginePtr engine(ENGINE_by_id("pkcs11"));
    if (!engine) {
        throw Error(Code::failed, "cannot load OpenSSL's engine \"pkcs11\": " + openssl::take_reason(),
                    "install it: Debian's package is libengine-pkcs11-openssl");
    }
    never_unload(*engine);
    (void)ENGINE_remove(engine.get());  // from OpenSSL's list, which would keep it, with PIN and login
    return engine;
}

// The engine at work. It ends, forgets the PIN and logs out with the last key. OpenSSL allows only one of them.
class RunningEngine {
public:
    explicit RunningEngine(std::string module_path) : m_module_path(std::move(module_path)), m_engine(load_engine()) {
        set_text("QUIET", nullptr);  // it would write to standard error
        if (!m_module_path.empty()) set_text("MODULE_PATH", m_module_path.c_str());
        set_handle("SET_USER_INTERFACE", m_dialog.get());  // it would ask on the terminal
        set_handle("SET_CALLBACK_DATA", &m_desk);
        require(ENGINE_init(m_engine.get()), "start OpenSSL's engine \"pkcs11\"");
        m_running.reset(m_engine.get());
    }

    ~RunningEngine() {
        const openssl::CleanErrorQueue queue;
        // The engine keeps its keys, and each of them keeps the engine: it would never end.
        for (const openssl::KeyPtr& key : m_keys) (void)EVP_PKEY_set1_engine(key.get(), nullptr);
        m_keys.clear();
        m_running.reset();
        m_engine.reset();
    }

    RunningEngine(const RunningEngine&) = delete;
    RunningEngine& operator=(const RunningEngine&) = delete;

    const std::string& module_path() const noexcept { return m_module_path; }
    bool knows_pin() const noexcept { return m_knows_pin; }
    bool was_asked() const noexcept { return m_desk.was_asked(); }  // for a PIN, by the last load()

    openssl::KeyPtr load(const TokenUri& uri) {
        m_desk.open();
        openssl::KeyPtr key(ENGINE_load_private_key(m_engine.get(), uri.key.c_str(), m_dialog.get(), &m_desk));
        if (key) {
            require(EVP_PKEY_up_ref(key.get()), "keep a key of a token");
            m_keys.emplace_back(key.get());
        }
        return key;
    }

    openssl::KeyPtr load_with_pin(const TokenUri& uri, const Secret& pin) {
        m_knows_pin = true;
        Bytes text(pin.size() + 1, 0);  // as the C string that the engine wants
        std::copy(pin.reveal_bytes().begin(), pin.reveal_bytes().end(), text.begin());
        set_text("FORCE_LOGIN", nullptr);  // some tokens show a key to everybody, and then do not sign
        const bool set = ENGINE_ctrl_cmd_string(m_engine.get(), "PIN", reinterpret_cast<char*>(text.data()), 0) == 1;
        wipe_memory(text.data(), text.size());
        if (!set) openssl::fail("give a PIN to OpenSSL's engine \"pkcs11\"");
        openssl::KeyPtr key = load(uri);
        if (key) m_desk.keep(pin);
        return key;
    }

private:
    void set_text(const char* name, const char* value) {
        require(ENGINE_ctrl_cmd_string(m_engine.get(), name, value, 0), fmt::format("set {} of an engine", name));
    }
    void set_handle(const char* name, void* value) {
        require(ENGINE_ctrl_cmd(m_engine.get(), name, 0, value, nullptr, 0), fmt::format("set {} of an engine", name));
    }

    std::string m_module_path;
    DialogPtr m_dialog = make_dialog();
    PinDesk m_desk;
    EnginePtr m_engine;
    RunningEnginePtr m_running;
    std::vector<openssl::KeyPtr> m_keys;
    bool m_knows_pin = false;
};

std::shared_ptr<RunningEngine> engine_for(const std::string& module_path) {
    static std::weak_ptr<RunningEngine> current;
    auto engine = current.lock();
    if (!engine) current = engine = std::make_shared<RunningEngine>(module_path);
    if (engine->module_path() != module_path) {
        throw Error(Code::failed, "keys of two PKCS#11 modules cannot be used together",
                    "leave \"module-path\" out of both URIs: p11-kit then offers the tokens of all modules that are "
                    "registered with it");
    }
    return engine;
}

void check_pin(const Secret* pin) {
    if (pin == nullptr) return;
    if (pin->empty()) throw Error(Code::usage, "the PIN of the token is empty");
    if (pin->reveal().find('\0') != std::string_view::npos) {
        throw Error(Code::usage, "the PIN of the token holds a zero byte");
    }
}

// The engine would say it on standard error only.
void check_module(const std::string& path) {
    if (path.empty()) return;
    const LibraryPtr library(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
    if (library && ::dlsym(library.get(), "C_GetFunctionList") != nullptr) return;
    throw Error(Code::failed, fmt::format("cannot load the PKCS#11 module {}: {}", in_quotes(path), ::dlerror()),
                "correct \"module-path\" in the URI, or install what the maker of the token gives for it");
}

// What the innermost error in OpenSSL's queue means. The numbers of these libraries differ from run to run.
bool is_from(unsigned long error, std::string_view library) {
    const char* name = ERR_lib_error_string(error);
    return name != nullptr && name == library;
}

[[noreturn]] void fail_for_token(const std::string& key, int reason) {
    if (reason == k_pin_locked) {
        throw Error(Code::refused, fmt::format("the PIN of the token of {} is locked", in_quotes(key)),
                    "whoever has the token's PUK or SO PIN unlocks it with the tool of its maker");
    }
    if (reason >= k_pin_incorrect && reason <= k_pin_expired) {
        throw Error(Code::refused,
                    fmt::format("the token of {} refuses the PIN: {}", in_quotes(key), openssl::take_reason()),
                    "it was tried once; make sure of the PIN before the next try, a few wrong ones lock a token");
    }
    throw Error(Code::failed, fmt::format("the token of {} fails: {}", in_quotes(key), openssl::take_reason()));
}

[[noreturn]] void fail_to_load(const std::string& key, std::string_view missing, const std::string& hint) {
    const unsigned long error = ERR_peek_error();
    if (is_from(error, "PKCS#11 module")) fail_for_token(key, ERR_GET_REASON(error));
    // Without any slot the engine complains about a parameter.
    if (is_from(error, "pkcs11 engine")) {
        throw Error(Code::not_found, fmt::format("{} {}", missing, in_quotes(key)), hint);
    }
    openssl::fail(fmt::format("use the key {}", in_quotes(key)));
}

[[noreturn]] void fail_without_pin(const std::string& key) {
    throw Error(Code::usage, fmt::format("the token of {} asks for a PIN and none was given", in_quotes(key)));
}

openssl::KeyPtr load(RunningEngine& engine, const TokenUri& uri, const Secret* pin) {
    std::string_view missing = "there is no token, or no usable private key in it, for";
    if (engine.knows_pin()) {
        // The engine would try the PIN of an earlier key on whatever token this is.
        if (pin == nullptr) fail_without_pin(uri.key);
    } else {
        openssl::KeyPtr key = engine.load(uri);
        if (!key && !engine.was_asked()) {
            fail_to_load(uri.key, "there is no token, or more than one, for",
                         "is it plugged in? \"p11tool --list-tokens\" shows what there is");
        }
        if (!key && pin == nullptr) fail_without_pin(uri.key);
        if (pin == nullptr) return key;
        ERR_clear_error();
        missing = "there is no usable private key in the token for";
    }
    if (openssl::KeyPtr key = engine.load_with_pin(uri, *pin)) return key;
    fail_to_load(
        uri.key, missing,
        "\"p11tool --login --list-all\" shows what there is; the engine knows RSA and EC keys, and finds none in a "
        "token that has others, too");
}

void check_public_half(const EVP_PKEY& key, const std::string& uri) {
    if (i2d_PUBKEY(&key, nullptr) > 0) return;
    throw Error(Code::not_found, fmt::format("there is no public key in the token for {}", in_quotes(uri)),
                "write it into the token with the same \"id\" as the private key");
}

}  // namespace

TokenKey load_token_key(const TokenUri& uri, const Secret* pin) {
    check_pin(pin);
    check_module(uri.module_path);
    auto engine = engine_for(uri.module_path);
    openssl::KeyPtr key = load(*engine, uri, pin);
    check_public_half(*key, uri.key);
    return {std::move(engine), std::move(key)};
}

}  // namespace umsadm
