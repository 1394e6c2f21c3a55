"""The texts people agree to, as first installed: whoever runs the program replaces them by new versions. Two languages;
the Chinese one counts. Kinds: notice, separate (one consent for one purpose, PIPL articles 23 and 29), optional,
declaration."""

from dataclasses import dataclass

PRIVACY_NOTICE, SENSITIVE_ID, SHARE_ISSUER = "privacy_notice", "sensitive_id", "share_issuer"
MARKETING, GUARDIAN, COMMITMENT, FACE = "marketing", "guardian", "commitment", "face"
AT_SIGN_UP, AT_APPLICATION, UNDER_18, LATER = "sign_up", "exam_registration", "under_18", "later"
# Without these consents the document number is not even stored.
BEFORE_IDENTITY = (SENSITIVE_ID,)


@dataclass(frozen=True)
class StandardText:
    code: str
    kind: str
    asked_when: str
    required: bool
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str


STANDARD_TEXTS = (
    StandardText(
        PRIVACY_NOTICE, "notice", AT_SIGN_UP, True, "个人信息处理规则（告知）", "How we handle personal data (notice)",
        "我们为开通学习账号、记录学时、办理考试报名和申请证书而处理您的姓名、证件类型及号码、手机号、照片、学历、工作单位、"
        "学习与考试记录。您可以随时查阅、复制、更正、下载您的信息，或注销账号。",
        "To open your account, record your study hours, handle exam registration and apply for the certificate, we "
        "process your name, document type and number, mobile number, photo, education, employer, and your study and "
        "exam records. You may look at, copy, correct and download your data, or close your account, at any time.",
    ),
    StandardText(
        SENSITIVE_ID, "separate", AT_APPLICATION, True, "单独同意：证件信息与证件影像",
        "Separate consent: document number and pictures of the document",
        "为核验您的报考身份，我们需要处理您的证件号码和证件影像。不同意将无法报名考试，但不影响继续学习课程。"
        "证件影像在证书办结或报名终止后按期删除。",
        "To check who registers for the exam we need to process your document number and pictures of your document. "
        "Without this consent you cannot register for the exam; you can go on studying. The pictures are deleted some "
        "time after the certificate is settled or the registration has ended.",
    ),
    StandardText(
        SHARE_ISSUER, "separate", AT_APPLICATION, True, "单独同意：向发证机构提供信息",
        "Separate consent: giving data to the issuing body",
        "为安排考试、评定成绩和颁发证书，我们会向发证机构（接收方名称、联系方式见本页）提供您的姓名、证件类型及号码、照片、"
        "学时证明、成绩。接收方将在上述目的内处理。不同意则无法参加考试和获得证书。",
        "To arrange the exam, mark it and issue the certificate we give the issuing body (its name and contact stand "
        "on this page) your name, document type and number, photo, proof of hours and results. It processes them for "
        "these purposes only. Without this consent you cannot take the exam or receive the certificate.",
    ),
    StandardText(
        FACE, "separate", LATER, False, "单独同意：人脸信息（可选）", "Separate consent: face data (optional)",
        "如您选择刷脸方式，我们仅用于本次身份核验，不用于其他目的。您也可以选择人工核验或到考点现场核验，效力相同。",
        "If you choose to be checked by your face, we use it for this one check and nothing else. You may as well be "
        "checked by a person, or at the exam site; it counts the same.",
    ),
    StandardText(
        MARKETING, "optional", AT_SIGN_UP, False, "接收课程与活动信息（可选）",
        "News about courses and events (optional)",
        "默认不勾选，可随时在消息设置中关闭。",
        "Off unless you choose it; you can switch it off at any time.",
    ),
    StandardText(
        GUARDIAN, "separate", UNDER_18, False, "监护人知情同意（未满18周岁）", "The guardian's consent (under 18)",
        "未满14周岁不提供自助注册；14至17周岁报名考试须由监护人确认知情。",
        "Nobody under 14 signs up by themselves; for learners of 14 to 17 the guardian confirms that they know of the "
        "exam registration and agree to it.",
    ),
    StandardText(
        COMMITMENT, "declaration", AT_APPLICATION, True, "考生承诺书", "Declaration",
        "本人已阅读并知晓报考条件和考试规则，所填信息、上传材料真实、准确、完整，学习过程由本人完成。如有虚假，"
        "愿意承担报名无效、成绩无效、证书撤销等后果。",
        "I have read the conditions of registration and the exam rules. What I state and upload is true, exact and "
        "complete, and I did the study myself. If any of it is false, I accept that the registration and results "
        "become void and the certificate is revoked.",
    ),
)
ENGLISH = {text.code: (text.title_en, text.text_en) for text in STANDARD_TEXTS}
