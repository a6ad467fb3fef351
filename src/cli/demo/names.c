/* SPDX-License-Identifier: Apache-2.0
 *
 * Combines the names of people. The tables are common names; no combination is meant to be a certain person.
 */
#include "cli/demo/names.h"

#include "cli/demo/scale.h"

#define OF(table) ((table)[scale_random(n, salt++, sizeof(table) / sizeof(*(table)))])

struct syllable {
    const char *chinese, *latin;
};

static const struct syllable families[] = {
    {"王", "Wang"},  {"李", "Li"},    {"张", "Zhang"},    {"刘", "Liu"},    {"陈", "Chen"},  {"杨", "Yang"},
    {"黄", "Huang"}, {"赵", "Zhao"},  {"吴", "Wu"},       {"周", "Zhou"},   {"徐", "Xu"},    {"孙", "Sun"},
    {"马", "Ma"},    {"朱", "Zhu"},   {"胡", "Hu"},       {"郭", "Guo"},    {"何", "He"},    {"林", "Lin"},
    {"高", "Gao"},   {"罗", "Luo"},   {"郑", "Zheng"},    {"梁", "Liang"},  {"谢", "Xie"},   {"宋", "Song"},
    {"唐", "Tang"},  {"许", "Xu"},    {"韩", "Han"},      {"邓", "Deng"},   {"冯", "Feng"},  {"曹", "Cao"},
    {"彭", "Peng"},  {"曾", "Zeng"},  {"肖", "Xiao"},     {"田", "Tian"},   {"董", "Dong"},  {"潘", "Pan"},
    {"袁", "Yuan"},  {"蔡", "Cai"},   {"蒋", "Jiang"},    {"余", "Yu"},     {"于", "Yu"},    {"杜", "Du"},
    {"叶", "Ye"},    {"程", "Cheng"}, {"魏", "Wei"},      {"苏", "Su"},     {"吕", "Lyu"},   {"丁", "Ding"},
    {"任", "Ren"},   {"卢", "Lu"},    {"姚", "Yao"},      {"沈", "Shen"},   {"钟", "Zhong"}, {"姜", "Jiang"},
    {"崔", "Cui"},   {"谭", "Tan"},   {"陆", "Lu"},       {"范", "Fan"},    {"汪", "Wang"},  {"廖", "Liao"},
    {"石", "Shi"},   {"金", "Jin"},   {"韦", "Wei"},      {"贾", "Jia"},    {"夏", "Xia"},   {"付", "Fu"},
    {"方", "Fang"},  {"邹", "Zou"},   {"熊", "Xiong"},    {"白", "Bai"},    {"孟", "Meng"},  {"秦", "Qin"},
    {"邱", "Qiu"},   {"侯", "Hou"},   {"江", "Jiang"},    {"尹", "Yin"},    {"薛", "Xue"},   {"闫", "Yan"},
    {"段", "Duan"},  {"雷", "Lei"},   {"龙", "Long"},     {"黎", "Li"},     {"史", "Shi"},   {"陶", "Tao"},
    {"贺", "He"},    {"毛", "Mao"},   {"郝", "Hao"},      {"顾", "Gu"},     {"龚", "Gong"},  {"邵", "Shao"},
    {"万", "Wan"},   {"覃", "Qin"},   {"武", "Wu"},       {"钱", "Qian"},   {"戴", "Dai"},   {"严", "Yan"},
    {"莫", "Mo"},    {"孔", "Kong"},  {"欧阳", "Ouyang"}, {"司马", "Sima"},
};
static const struct syllable givens[] = {
    {"伟", "wei"},  {"芳", "fang"}, {"娜", "na"},   {"敏", "min"},  {"静", "jing"},  {"丽", "li"},    {"强", "qiang"},
    {"磊", "lei"},  {"军", "jun"},  {"洋", "yang"}, {"勇", "yong"}, {"艳", "yan"},   {"杰", "jie"},   {"娟", "juan"},
    {"涛", "tao"},  {"明", "ming"}, {"超", "chao"}, {"秀", "xiu"},  {"霞", "xia"},   {"平", "ping"},  {"刚", "gang"},
    {"桂", "gui"},  {"英", "ying"}, {"华", "hua"},  {"玉", "yu"},   {"萍", "ping"},  {"红", "hong"},  {"建", "jian"},
    {"文", "wen"},  {"宇", "yu"},   {"浩", "hao"},  {"轩", "xuan"}, {"子", "zi"},    {"涵", "han"},   {"梓", "zi"},
    {"欣", "xin"},  {"怡", "yi"},   {"雨", "yu"},   {"晨", "chen"}, {"思", "si"},    {"佳", "jia"},   {"琪", "qi"},
    {"嘉", "jia"},  {"睿", "rui"},  {"俊", "jun"},  {"泽", "ze"},   {"博", "bo"},    {"瑞", "rui"},   {"雪", "xue"},
    {"梦", "meng"}, {"颖", "ying"}, {"婷", "ting"}, {"倩", "qian"}, {"琳", "lin"},   {"悦", "yue"},   {"诗", "shi"},
    {"宁", "ning"}, {"安", "an"},   {"凯", "kai"},  {"航", "hang"}, {"鑫", "xin"},   {"鹏", "peng"},  {"飞", "fei"},
    {"辉", "hui"},  {"斌", "bin"},  {"波", "bo"},   {"峰", "feng"}, {"龙", "long"},  {"翔", "xiang"}, {"晓", "xiao"},
    {"春", "chun"}, {"冬", "dong"}, {"海", "hai"},  {"山", "shan"}, {"川", "chuan"}, {"林", "lin"},   {"一", "yi"},
    {"天", "tian"}, {"若", "ruo"},  {"亦", "yi"},
};
static const char *const latin_families[] = {
    "Smith",    "Johnson",  "Williams",   "Brown",    "Jones",   "Miller",  "Davis",     "Garcia",  "Rodriguez",
    "Wilson",   "Martinez", "Anderson",   "Taylor",   "Thomas",  "Moore",   "Martin",    "Jackson", "Thompson",
    "White",    "Lopez",    "Lee",        "Harris",   "Clark",   "Lewis",   "Robinson",  "Walker",  "Perez",
    "Hall",     "Young",    "Allen",      "Wright",   "King",    "Scott",   "Green",     "Baker",   "Adams",
    "Nelson",   "Hill",     "Campbell",   "Mitchell", "Roberts", "Carter",  "Phillips",  "Evans",   "Turner",
    "Torres",   "Parker",   "Collins",    "Edwards",  "Stewart", "Morris",  "Murphy",    "Cook",    "Rogers",
    "Morgan",   "Cooper",   "Peterson",   "Reed",     "Bailey",  "Bell",    "Kelly",     "Howard",  "Ward",
    "Cox",      "Diaz",     "Richardson", "Wood",     "Watson",  "Brooks",  "Bennett",   "Gray",    "James",
    "Hughes",   "Price",    "Myers",      "Long",     "Foster",  "Sanders", "Ross",      "Morales", "Powell",
    "Sullivan", "Russell",  "Ortiz",      "Jenkins",  "Müller",  "Schmidt", "Schneider", "Fischer", "Weber",
    "Meyer",    "Wagner",   "Becker",     "Hoffmann", "Silva",   "Santos",  "Oliveira",  "Souza",   "Rossi",
    "Ferrari",  "Esposito", "Bianchi",    "Romano",   "Dubois",  "Laurent", "Lefèvre",   "Moreau",  "Novák",
    "Svoboda",  "Kowalski", "Nowak",      "Ivanova",  "Petrov",  "Yılmaz",  "Kaya",      "Tan",     "Lim",
    "Ng",       "Wong",     "Nguyen",     "Tran",     "Pham",    "Sharma",  "Gupta",     "Iyer",    "Raman",
    "Khan",     "Hussain",  "Rahman",     "Okafor",   "Mensah",  "Tanaka",  "Suzuki",    "Kim",     "Park",
};
static const char *const latin_givens[] = {
    "Olivia",    "Emma",    "Amelia",    "Charlotte", "Sophia",   "Isabella",  "Ava",     "Mia",       "Evelyn",
    "Luna",      "Harper",  "Camila",    "Sofia",     "Scarlett", "Elizabeth", "Eleanor", "Emily",     "Chloe",
    "Mila",      "Violet",  "Penelope",  "Gianna",    "Aria",     "Abigail",   "Ella",    "Avery",     "Hazel",
    "Nora",      "Layla",   "Lily",      "Aurora",    "Nova",     "Ellie",     "Madison", "Grace",     "Isla",
    "Willow",    "Zoe",     "Riley",     "Stella",    "Liam",     "Noah",      "Oliver",  "James",     "Elijah",
    "William",   "Henry",   "Lucas",     "Benjamin",  "Theodore", "Mateo",     "Levi",    "Sebastian", "Daniel",
    "Jack",      "Michael", "Alexander", "Owen",      "Asher",    "Samuel",    "Ethan",   "Leo",       "Jackson",
    "Mason",     "Ezra",    "John",      "Hudson",    "Luca",     "Aiden",     "Joseph",  "David",     "Jacob",
    "Logan",     "Luke",    "Julian",    "Gabriel",   "Grayson",  "Wyatt",     "Matthew", "Maverick",  "Aarav",
    "Priya",     "Ananya",  "Rohan",     "Arjun",     "Aisha",    "Fatima",    "Omar",    "Yusuf",     "Hana",
    "Kenji",     "Yuki",    "Sakura",    "Minh",      "Linh",     "Thao",      "Jürgen",  "Katrin",    "Anaïs",
    "Zoé",       "René",    "Chiara",    "Giulia",    "Marco",    "Paula",     "Tomás",   "Ingrid",    "Lars",
    "Agnieszka", "Piotr",   "Olga",      "Dmitri",    "Elif",     "Kwame",     "Chidi",   "Amara",     "Marcus",
    "Siti",      "Wei",
};

static struct str capital(struct str s, struct arena *a) {
    struct str out = arena_dup(a, s);

    if (out.len > 0 && out.ptr[0] >= 'a' && out.ptr[0] <= 'z')
        ((char *)out.ptr)[0] = (char)(out.ptr[0] - 'a' + 'A');
    return out;
}

static void chinese_name(struct demo_name *p, int64_t n, int salt, struct arena *a) {
    const struct syllable *family = &OF(families), *one = &OF(givens), *two = &OF(givens);
    bool both = scale_random(n, salt, 4) > 0; /* one name in four has one character */

    p->name = arena_printf(a, "%s%s%s", family->chinese, one->chinese, both ? two->chinese : "");
    p->first = capital(arena_printf(a, "%s%s", one->latin, both ? two->latin : ""), a);
    p->last = str_of(family->latin);
}

struct demo_name demo_name_of(int64_t n, struct arena *a) {
    struct demo_name p = {0};
    int salt = 101;

    p.chinese = scale_random(n, salt++, 4) > 0;
    if (p.chinese) {
        chinese_name(&p, n, salt, a);
    } else {
        p.first = str_of(OF(latin_givens));
        p.last = str_of(OF(latin_families));
        p.name = arena_printf(a, "%.*s %.*s", STR_FMT(p.first), STR_FMT(p.last));
    }
    p.email = arena_printf(a, "person%lld@example.com", (long long)n);
    p.mobile = arena_printf(a, "1200%07lld", (long long)(n % 10000000));
    return p;
}
