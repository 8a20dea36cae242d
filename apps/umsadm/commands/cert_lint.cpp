#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"
#include "umsadm/pki/rule_book.hpp"

#include "../lint_reading.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertLintOptions {
    std::vector<Path> files;
    ImportPasswords passwords;
};

struct LintedFile {
    std::string path;
    LintFile content;
    std::vector<LintRemark> remarks;
};

Findings findings_of(const LintedFile& file) {
    Findings findings;
    for (const LintRemark& remark : file.remarks) findings.push_back(remark.finding);
    return findings;
}

// The files may belong together: certificates of one complete the chains of another.
std::vector<Certificate> others_than(const std::vector<LintedFile>& files, const LintedFile& self) {
    std::vector<Certificate> others;
    for (const LintedFile& file : files) {
        if (&file == &self) continue;
        others.insert(others.end(), file.content.certificates.begin(), file.content.certificates.end());
    }
    return others;
}

Json remark_json(const LintRemark& remark, const LintFile& file) {
    Json json = findings_json({remark.finding}).front();
    const Rule* const rule = find_rule(remark.finding.code);
    json["source"] = rule == nullptr ? Json() : Json(rule->source);
    json["fingerprint_sha256"] =
        remark.certificate ? Json(file.certificates[*remark.certificate].fingerprint().to_string()) : Json();
    return json;
}

Json file_json(const LintedFile& file) {
    Json findings = Json::array();
    for (const LintRemark& remark : file.remarks) findings.push_back(remark_json(remark, file.content));
    return {{"file", file.path},
            {"certificates", file.content.certificates.size()},
            {"private_keys", file.content.keys.size()},
            {"requests", file.content.requests.size()},
            {"findings", std::move(findings)}};
}

std::string counted(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string content_in_words(const LintFile& file) {
    std::vector<std::string> parts;
    if (!file.certificates.empty()) parts.push_back(counted(file.certificates.size(), "certificate"));
    if (!file.keys.empty()) parts.push_back(counted(file.keys.size(), "private key"));
    if (!file.requests.empty()) parts.push_back(counted(file.requests.size(), "certification request"));
    return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, ", "));
}

void show_for_people(Output& out, const std::vector<LintedFile>& files) {
    for (const LintedFile& file : files) {
        if (&file != &files.front()) out.text();
        const Findings findings = findings_of(file);
        out.text(fmt::format("{}: {}{}", in_quotes(file.path), content_in_words(file.content),
                             findings.empty() ? ", nothing to say about" : ""));
        out.findings(findings);
    }
}

void show_for_machines(Output& out, const std::vector<LintedFile>& files) {
    Table table{{{"FILE"}, {"SEVERITY"}, {"CODE"}, {"TEXT"}}, {}};
    for (const LintedFile& file : files) {
        for (const Finding& finding : findings_of(file)) {
            table.rows.push_back({file.path, std::string(severity_name(finding.severity)), finding.code, finding.text});
        }
    }
    out.table(table);
}

ExitCode run_cert_lint(const CertLintOptions& options, Context& ctx) {
    std::vector<LintedFile> files;
    for (const Path& path : options.files) {
        files.push_back({path.string(), read_file_to_lint(ctx, path, options.passwords), {}});
    }
    bool errors = false;
    Json items = Json::array();
    for (LintedFile& file : files) {
        file.remarks = lint(file.content, others_than(files, file), ctx.now());
        errors = errors || has_errors(findings_of(file));
        items.push_back(file_json(file));
    }
    ctx.out.result({{"items", std::move(items)}});
    if (ctx.out.options().machine_readable) {
        show_for_machines(ctx.out, files);
    } else {
        show_for_people(ctx.out, files);
    }
    return errors ? ExitCode::refused : ExitCode::done;
}

}  // namespace

void add_cert_lint(Command& cert) {
    const auto options = std::make_shared<CertLintOptions>();
    cert.command("lint", "Judge certificates, keys, requests and keystores in files")
        .describe(
            "Every rule of gateways, the UMS and RFC 5280 that a file can show by itself, one finding a line; files "
            "that are given together complete each other's chains. Reads what \"cert import\" reads, needs no site and "
            "stores nothing. Exit code 4 when an error is found.\n"
            "Whether a certificate may take over on a gateway is asked with \"cert check\".")
        .argument("FILE", "the files", into(options->files))
        .option("--password", "SRC", "the password of keystores", into(options->passwords.keystore))
        .option("--key-password", "SRC",
                "the password of encrypted keys, and of keys in a keystore when it is another one",
                into(options->passwords.key))
        .example("umsadm cert lint icg.crt chain.pem", "before a certificate is imported")
        .example("umsadm cert lint export.p12 --password file:pass.txt", "what an export of the UMS Console holds")
        .run([options](Context& ctx) { return run_cert_lint(*options, ctx); });
}

}  // namespace umsadm::app
