#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../local_time.hpp"
#include "../ums_id_reading.hpp"
#include "../ums_id_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct IdVerifyBackupOptions {
    std::string file;
    SecretSource password;
};

Findings judge(const Certificate& certificate, const ShownMain& site, UtcTime now) {
    Findings findings;
    if (!site.main) {
        findings.push_back({Severity::info, "no-main-ums-id", "the site has no Main UMS ID to compare with"});
    } else if (site.main->record.fingerprint != certificate.fingerprint()) {
        findings.push_back(
            {Severity::error, "not-main-ums-id",
             fmt::format("it is not the Main UMS ID of the site, {}", site.main->record.fingerprint.to_string())});
    }
    if (site.registered && *site.registered != certificate.fingerprint()) {
        findings.push_back({Severity::warning, "not-registered",
                            fmt::format("it is not the one that is registered in the license portal, {}",
                                        site.registered->to_string())});
    }
    if (certificate.not_after() < now) findings.push_back({Severity::warning, "expired", "it has expired"});
    if (certificate.not_before() > now) {
        findings.push_back({Severity::warning, "not-yet-valid", "it is not valid yet"});
    }
    return findings;
}

Json backup_json(const std::string& file, const Certificate& certificate, const ShownMain& site,
                 const Findings& findings) {
    const Fingerprint& fingerprint = certificate.fingerprint();
    return {{"file", file},
            {"ums_id_short", ums_id_short(certificate)},
            {"fingerprint_sha256", fingerprint.to_string()},
            {"not_before", format_utc(certificate.not_before())},
            {"not_after", format_utc(certificate.not_after())},
            {"is_main", site.main ? Json(site.main->record.fingerprint == fingerprint) : Json()},
            {"registered", site.registered ? Json(*site.registered == fingerprint) : Json()},
            {"compatible", !has_errors(findings)},
            {"findings", findings_json(findings)}};
}

std::string yes_or_no(const std::optional<Fingerprint>& wanted, const Fingerprint& present, std::string_view unknown) {
    if (!wanted) return std::string(unknown);
    return *wanted == present ? "yes" : "no";
}

ExitCode run_id_verify_backup(const IdVerifyBackupOptions& options, Context& ctx) {
    const ShownMain site = look_up_main(ctx.open_site());
    // It would not come back from this without a key that fits.
    const Certificate certificate = read_ums_id_backup_file(ctx, options.file, options.password).certificate;
    const Fingerprint& fingerprint = certificate.fingerprint();
    const UtcTime now = ctx.now();
    const Findings findings = judge(certificate, site, now);
    ctx.out.result(backup_json(options.file, certificate, site, findings));
    ctx.out.text(fmt::format("{} can be restored", in_quotes(options.file)));
    ctx.out.details({{"UMS ID", ums_id_short(certificate)},
                     {"UMS ID fingerprint", fingerprint.to_string()},
                     {"Valid from", format_local(certificate.not_before())},
                     {"Valid until", end_of_validity(certificate.not_after(), now)},
                     {"Private key", "there, and it is the certificate's"},
                     {"Main UMS ID of the site", yes_or_no(site.fingerprint(), fingerprint, "the site has none")},
                     {"Registered", yes_or_no(site.registered, fingerprint, "not noted (umsadm id register)")}});
    if (ctx.out.for_people()) ctx.out.findings(findings);
    return has_errors(findings) ? ExitCode::refused : ExitCode::done;
}

}  // namespace

void add_id_verify_backup(Command& id) {
    const auto options = std::make_shared<IdVerifyBackupOptions>();
    id.command("verify-backup", "Read a backup of the UMS ID back without restoring it")
        .describe(
            "Decrypts everything, checks that the private key is the certificate's, and says whether it is the Main "
            "UMS ID of the site (exit code 4 when it is another one) and the registered one.")
        .argument("FILE", "a backup of \"umsadm id backup\", or another PKCS#12 file with a UMS ID",
                  into(options->file))
        .option("--password", "SRC", "the password of the backup", into(options->password), Need::required)
        .example("umsadm id verify-backup ums-id.p12 --password file:backup.pw", "for a job that looks after backups")
        .run([options](Context& ctx) { return run_id_verify_backup(*options, ctx); });
}

}  // namespace umsadm::app
