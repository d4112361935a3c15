/**
 * Common given and family names. The people with them are invented.
 * @typedef {{ given: string[], family: string[], familyFirst?: boolean }} Names
 */

/** @param {string} text */
const list = (text) => text.split(", ");

/** @type {readonly Names[]} */
export const NAMES = [
  {
    given: list("Amara, Chidi, Ngozi, Tunde, Ifeoma, Emeka"),
    family: list("Okafor, Adeyemi, Eze, Balogun, Nwosu"),
  },
  {
    given: list("Wanjiru, Otieno, Njeri, Kamau, Achieng"),
    family: list("Mwangi, Ochieng, Kariuki, Wambui, Kiptoo"),
  },
  {
    given: list("Thandiwe, Sipho, Lerato, Kagiso, Naledi"),
    family: list("Dlamini, Khumalo, Mokoena, Ndlovu, Molefe"),
  },
  {
    given: list("Priya, Arjun, Kavya, Rohan, Meera, Vikram"),
    family: list("Raghavan, Iyer, Deshpande, Banerjee, Chopra"),
  },
  {
    given: list("Ayesha, Bilal, Sana, Hamza, Zainab"),
    family: list("Siddiqui, Qureshi, Malik, Chaudhry, Rahman"),
  },
  {
    given: list("Haruka, Ren, Yui, Daichi, Aoi, Takumi"),
    family: list("Sato, Nakamura, Kobayashi, Yamada, Inoue"),
  },
  {
    given: list("Minh Anh, Quốc Bảo, Thu Hà, Gia Huy"),
    family: list("Nguyễn, Trần, Phạm, Đặng"),
    familyFirst: true,
  },
  {
    given: list("Ji-woo, Seo-yeon, Min-jun, Ha-eun"),
    family: list("Kang, Yoon, Jang, Shin"),
    familyFirst: true,
  },
  { given: list("Xiulan, Haoran, Yuting, Zihan"), family: list("Chen, Zhou, Lin, Gao"), familyFirst: true },
  { given: list("Siti, Budi, Dewi, Rizky, Putri"), family: list("Wijaya, Santoso, Hidayat, Kusuma") },
  {
    given: list("Zofia, Jakub, Małgorzata, Michał, Agnieszka"),
    family: list("Wójcik, Pawlak, Mazur, Król, Dudek"),
  },
  { given: list("Lukáš, Tereza, Ondřej, Kateřina"), family: list("Novák, Dvořák, Horák, Beneš") },
  { given: list("Elif, Emre, Zeynep, Kerem, Defne"), family: list("Yılmaz, Öztürk, Aydın, Şahin, Koç") },
  { given: list("Layla, Omar, Nour, Karim, Salma"), family: list("Haddad, Mansour, Khoury, Nasser, Farouk") },
  { given: list("Shira, Noam, Yael, Eitan"), family: list("Levi, Mizrahi, Peretz, Biton") },
  {
    given: list("Astrid, Søren, Freja, Mikkel, Ingrid"),
    family: list("Nygård, Lindqvist, Halvorsen, Bjerregaard"),
  },
  { given: list("Aino, Eero, Helmi, Onni"), family: list("Korhonen, Virtanen, Mäkinen, Laine") },
  {
    given: list("Jonas, Anneke, Friederike, Matthias, Lena"),
    family: list("Brandt, Köhler, Vogel, Schreiber, Winkler"),
  },
  {
    given: list("Camille, Théo, Manon, Baptiste, Élodie"),
    family: list("Lefèvre, Moreau, Girard, Rousseau, Chevalier"),
  },
  { given: list("Giulia, Matteo, Chiara, Davide"), family: list("Ferrari, Conti, Gallo, Moretti, Rinaldi") },
  {
    given: list("Lucía, Álvaro, Inés, Sergio, Nuria"),
    family: list("Herrero, Ibáñez, Castaño, Vidal, Rovira"),
  },
  {
    given: list("Mariana, Thiago, Beatriz, Rafael, Larissa"),
    family: list("Carvalho, Teixeira, Moura, Figueiredo"),
  },
  {
    given: list("Valentina, Mateo, Ximena, Joaquín"),
    family: list("Quispe, Rojas, Cárdenas, Aguirre, Salazar"),
  },
  { given: list("Siobhán, Cormac, Aoife, Declan"), family: list("Gallagher, Brennan, Doyle, Kavanagh") },
  {
    given: list("Hannah, Marcus, Grace, Tyler, Brooke"),
    family: list("Whitfield, Caldwell, Prescott, Hargrove"),
  },
  { given: list("Aroha, Tāne, Hinemoa, Wiremu"), family: list("Parata, Ngata, Tamihana, Kereama") },
];

const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const KIT = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0";

/** User-Agents of browsers. */
export const LAPTOPS = [
  `${MAC} ${KIT} Safari/537.36`,
  `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
  `${WINDOWS} ${KIT} Safari/537.36`,
  `${WINDOWS} ${KIT} Safari/537.36`,
  `${WINDOWS} ${KIT} Safari/537.36 Edg/140.0.0.0`,
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
  "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
  `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${KIT} Safari/537.36`,
];
export const PHONES = [
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
  `Mozilla/5.0 (Linux; Android 15; Pixel 9) ${KIT} Mobile Safari/537.36`,
  "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
];
