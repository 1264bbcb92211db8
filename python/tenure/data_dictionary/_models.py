"""Columns of the comparison of purchase models."""

from __future__ import annotations

from tenure.data_dictionary._model import Definition

__all__ = ["MODELS"]

_MODELS = ("models",)

MODELS: tuple[Definition, ...] = (
    Definition(
        "model",
        _MODELS,
        "text",
        "",
        ("model", "Name of the purchase model."),
        ("model", "Satın alma modelinin adı."),
    ),
    Definition(
        "chosen",
        _MODELS,
        "text",
        "",
        ("chosen", "Whether the figures of the run come from this model."),
        ("seçilen", "Çalıştırmanın rakamlarının bu modelden gelip gelmediği."),
    ),
    Definition(
        "log_likelihood",
        _MODELS,
        "number",
        "ratio",
        ("log-likelihood", "Logarithm of the likelihood of the data; higher fits better."),
        ("log-olabilirlik", "Verinin olabilirliğinin logaritması; yüksek olan daha iyi uyar."),
    ),
    Definition(
        "aic_difference",
        _MODELS,
        "number",
        "ratio",
        (
            "AIC above the best",
            "Akaike's criterion minus that of the best fit; 2 or less is a tie.",
        ),
        (
            "en iyiye göre AIC farkı",
            "Akaike ölçütünün en iyi uyumunkinden farkı; 2 ve altı eşitlik sayılır.",
        ),
    ),
    Definition(
        "not_identified",
        _MODELS,
        "text",
        "",
        ("not identified", "Parameters that the data do not determine."),
        ("belirlenemeyen", "Verilerin belirleyemediği parametreler."),
    ),
    Definition(
        "p_alive_mean",
        _MODELS,
        "number",
        "probability",
        ("P(alive), mean", "Mean probability that a customer is still a customer."),
        ("P(aktif), ortalama", "Hâlâ müşteri olma olasılığının ortalaması."),
    ),
    Definition(
        "expected_purchases_{horizon}",
        _MODELS,
        "number",
        "purchases",
        (
            "expected purchases, {horizon}, all customers",
            "Purchases expected of all customers within {horizon}.",
        ),
        (
            "beklenen alışveriş, {horizon}, bütün müşteriler",
            "Bütün müşterilerden {horizon} içinde beklenen alışveriş.",
        ),
    ),
    Definition(
        "holdout_error",
        _MODELS,
        "number",
        "ratio",
        (
            "hold-out error",
            "Purchases forecast for the last part of the data from the first, over those made,"
            " minus 1; empty where there is no hold-out.",
        ),
        (
            "sınama hatası",
            "Verinin ilk bölümünden son bölümü için tahmin edilen alışverişin yapılana oranı eksi"
            " 1; sınama yoksa boş.",
        ),
    ),
    Definition(
        "holdout_rmse",
        _MODELS,
        "number",
        "purchases",
        (
            "hold-out error per customer",
            "Root mean squared difference between forecast and made purchases per customer.",
        ),
        (
            "müşteri başına sınama hatası",
            "Müşteri başına tahmin edilen ve yapılan alışverişin farkının karekök ortalaması.",
        ),
    ),
    Definition(
        "reason",
        _MODELS,
        "text",
        "",
        ("reason", "Why the model was chosen, or was not."),
        ("gerekçe", "Modelin neden seçildiği ya da seçilmediği."),
    ),
)
